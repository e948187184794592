// Train or validation decided with all rows in view: for strata, and for groups wider than exact duplicates.
import { createKeyTable } from './duplicates/key-table.ts';
import type { Key } from './duplicates/murmur3.ts';
import { type Split, type SplitOptions, splitPosition } from './split.ts';

export interface SideCount {
  name: string;
  train: number;
  validation: number;
}

export interface AssignedSides {
  /** By the row's number; rows that were not added are train. */
  sideOf(row: number): Split;
  /** Rows on each side of each stratum, small strata pooled; by name. Null where nothing was stratified. */
  strata: SideCount[] | null;
}

export interface SideAssigner {
  /** Rows in order. `key` names the row's group; a group's stratum is that of its first row. */
  add(row: number, key: Key, stratum: string): void;
  /** Two rows that were added belong in one group: it goes where the group of the earlier row would. */
  join(a: number, b: number): void;
  end(): AssignedSides;
}

/** Strata too small to give one group to validation share one stratum of this name. */
export const pooledStratum = '(small strata)';

/**
 * Stratified: in each stratum the groups lowest by `splitPosition` are validation, `fraction` of them to the nearest
 * group. So a row that comes in moves at most one other group, and only in its own stratum. Otherwise every group below
 * the fraction is validation, as in the plain split. About 50 bytes a row.
 */
export function createSideAssigner({
  fraction,
  seed,
  stratified,
}: Pick<SplitOptions, 'fraction' | 'seed'> & { stratified: boolean }): SideAssigner {
  const table = createKeyTable();
  const names = new Map<string, number>();
  const positions: number[] = [];
  const stratumOfGroup: number[] = [];
  const groupOfRow: number[] = [];
  // The group that a group was joined to; itself where it was not.
  const joined: number[] = [];
  const rootOf = (group: number): number => {
    let root = group;
    while ((joined[root] ?? root) !== root) root = joined[root] ?? root;
    for (let at = group; at !== root; ) {
      const next = joined[at] ?? root;
      joined[at] = root;
      at = next;
    }
    return root;
  };
  const rootOfRow = (row: number): number => {
    const group = groupOfRow[row];
    if (group === undefined) throw new Error(`row ${row} was never added`);
    return rootOf(group);
  };
  return {
    add(row, key, stratum) {
      const group = table.addIfNew(key, positions.length);
      groupOfRow[row] = group < 0 ? positions.length : group;
      if (group >= 0) return;
      if (!names.has(stratum)) names.set(stratum, names.size);
      stratumOfGroup.push(names.get(stratum) ?? 0);
      joined.push(positions.length);
      positions.push(splitPosition(key, seed));
    },
    join(a, b) {
      const [x, y] = [rootOfRow(a), rootOfRow(b)];
      joined[Math.max(x, y)] = Math.min(x, y);
    },
    end() {
      const roots = positions.map((_, group) => rootOf(group)).filter((root, group) => root === group);
      const strata = poolSmall(names, roots, stratumOfGroup, Math.ceil(1 / fraction / 2));
      const sides = new Uint8Array(positions.length);
      const positionOf = (group: number): number => positions[group] ?? 0;
      if (stratified)
        for (const { groups } of strata) {
          groups.sort((a, b) => positionOf(a) - positionOf(b));
          for (const group of groups.slice(0, Math.round(groups.length * fraction))) sides[group] = 1;
        }
      else for (const group of roots) sides[group] = positionOf(group) < fraction ? 1 : 0;
      fillEmptySide(sides, roots, positionOf);
      const rootOfEach = groupOfRow.map((group) => rootOf(group));
      return {
        sideOf: (row) => (sides[rootOfEach[row] ?? -1] === 1 ? 'validation' : 'train'),
        strata: stratified ? count(strata, sides, rootOfEach) : null,
      };
    },
  };
}

interface Stratum {
  name: string;
  groups: number[];
}

function poolSmall(
  names: ReadonlyMap<string, number>,
  groups: readonly number[],
  stratumOfGroup: readonly number[],
  least: number,
): Stratum[] {
  const all: Stratum[] = [...names.keys()].map((name) => ({ name, groups: [] }));
  for (const group of groups) all[stratumOfGroup[group] ?? 0]?.groups.push(group);
  const small = all.filter((each) => each.groups.length < least);
  if (small.length < 2) return all;
  const pooled = { name: pooledStratum, groups: small.flatMap((each) => each.groups) };
  return [...all.filter((each) => each.groups.length >= least), pooled];
}

// As in the plain split: neither side stays empty while there are two groups.
function fillEmptySide(
  sides: Uint8Array,
  groups: readonly number[],
  positionOf: (group: number) => number,
): void {
  if (groups.length < 2) return void sides.fill(0);
  const chosen = groups.filter((group) => sides[group] === 1).length;
  if (chosen > 0 && chosen < groups.length) return;
  const better = (a: number, b: number): boolean =>
    chosen === 0 ? positionOf(a) < positionOf(b) : positionOf(a) > positionOf(b);
  const best = groups.reduce((a, b) => (better(b, a) ? b : a));
  sides[best] = chosen === 0 ? 1 : 0;
}

function count(strata: readonly Stratum[], sides: Uint8Array, groupOfRow: readonly number[]): SideCount[] {
  const rowsOf = new Uint32Array(sides.length);
  for (const group of groupOfRow) if (group !== undefined) rowsOf[group] = (rowsOf[group] ?? 0) + 1;
  return strata
    .filter(({ groups }) => groups.length > 0)
    .map(({ name, groups }) => {
      const sum = (wanted: number): number =>
        groups.reduce((total, group) => total + (sides[group] === wanted ? (rowsOf[group] ?? 0) : 0), 0);
      return { name, train: sum(0), validation: sum(1) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
