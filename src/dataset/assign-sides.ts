// Decides train or validation after all rows are known: for strata, and for groups larger than exact duplicates.
import { createKeyTable } from './duplicates/key-table.ts';
import type { Key } from './duplicates/murmur3.ts';
import { type Split, type SplitOptions, splitPosition } from './split.ts';

export interface SideCount {
  name: string;
  train: number;
  validation: number;
}

export interface AssignedSides {
  /** Side by row number; rows that were not added are train. */
  sideOf(row: number): Split;
  /** Rows on each side of each stratum, by name; small strata are pooled. */
  strata: SideCount[];
}

export interface SideAssigner {
  /** Rows in order. `key` names the row's group; a group's stratum is that of its first row. */
  add(row: number, key: Key, stratum: string): void;
  end(): AssignedSides;
}

/** Strata that are too small to give one group to validation are pooled under this name. */
export const pooledStratum = '(small strata)';

/**
 * In each stratum the groups with the lowest `splitPosition` are validation, `fraction` of them rounded to the nearest group. So a
 * new row moves at most one other group, and only in its own stratum. About 50 bytes per row.
 */
export function createSideAssigner(options: Pick<SplitOptions, 'fraction' | 'seed'>): SideAssigner {
  const table = createKeyTable();
  const names = new Map<string, number>();
  const positions: number[] = [];
  const stratumOfGroup: number[] = [];
  const groupOfRow: number[] = [];
  return {
    add(row, key, stratum) {
      const group = table.addIfNew(key, positions.length);
      if (group < 0) {
        if (!names.has(stratum)) names.set(stratum, names.size);
        stratumOfGroup.push(names.get(stratum) ?? 0);
        groupOfRow[row] = positions.length;
        positions.push(splitPosition(key, options.seed));
      } else groupOfRow[row] = group;
    },
    end() {
      const strata = poolSmall(names, stratumOfGroup, Math.ceil(1 / options.fraction / 2));
      const sides = new Uint8Array(positions.length);
      for (const { groups } of strata) {
        groups.sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
        for (const group of groups.slice(0, Math.round(groups.length * options.fraction))) sides[group] = 1;
      }
      fillEmptySide(sides, positions);
      return {
        sideOf: (row) => side(sides[groupOfRow[row] ?? -1]),
        strata: count(strata, sides, groupOfRow),
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
  stratumOfGroup: readonly number[],
  least: number,
): Stratum[] {
  const all: Stratum[] = [...names.keys()].map((name) => ({ name, groups: [] }));
  for (const [group, stratum] of stratumOfGroup.entries()) all[stratum]?.groups.push(group);
  const small = all.filter(({ groups }) => groups.length < least);
  if (small.length < 2) return all;
  const pooled = { name: pooledStratum, groups: small.flatMap(({ groups }) => groups) };
  return [...all.filter(({ groups }) => groups.length >= least), pooled];
}

// As in a split without strata: neither side stays empty if there are two groups.
function fillEmptySide(sides: Uint8Array, positions: readonly number[]): void {
  if (sides.length < 2) return void sides.fill(0);
  const chosen = sides.reduce((sum, each) => sum + each, 0);
  if (chosen > 0 && chosen < sides.length) return;
  const better = (a: number, b: number): boolean => (chosen === 0 ? a < b : a > b);
  let best = 0;
  for (let group = 1; group < sides.length; group += 1)
    if (better(positions[group] ?? 0, positions[best] ?? 0)) best = group;
  sides[best] = chosen === 0 ? 1 : 0;
}

function count(strata: readonly Stratum[], sides: Uint8Array, groupOfRow: readonly number[]): SideCount[] {
  const rowsOf = new Uint32Array(sides.length);
  for (const group of groupOfRow) if (group !== undefined) rowsOf[group] = (rowsOf[group] ?? 0) + 1;
  return strata
    .map(({ name, groups }) => {
      const sum = (wanted: number): number =>
        groups.reduce((total, group) => total + (sides[group] === wanted ? (rowsOf[group] ?? 0) : 0), 0);
      return { name, train: sum(0), validation: sum(1) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function side(value: number | undefined): Split {
  return value === 1 ? 'validation' : 'train';
}
