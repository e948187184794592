// Decides which rows are dropped. A row is only dropped because of a kept row that it was compared with.
import type { RowFacts } from './inspect-pairs.ts';
import type { Kind, PairBlock } from './pair-class.ts';

/** Which row of a group is kept. `best`: the one with the fewest findings; among equals, the first. */
export type Keep = 'first' | 'longest' | 'best';

/** What happens to near-duplicates. `by_class`: drops only rows whose prompt and answer another kept row has. */
export type NearAction = 'by_class' | 'drop' | 'keep';

/** Why a row is dropped, or a pair is shown. */
const nearCodes = {
  duplicate: 'D160',
  conflict: 'D161',
  template: 'D162',
  validation: 'D163',
  benchmark: 'D164',
} as const;

export interface DroppedRow {
  row: RowFacts;
  code: string;
  /** The kept row that causes the drop; the class of their pair allows dropping. */
  of: RowFacts;
}

export interface NearGroup {
  kept: RowFacts;
  /** All rows that pairs connect, including the kept one, in order. */
  members: RowFacts[];
  reason: string;
  /** Of the members. */
  dropped: RowFacts[];
}

export interface DecidedRows {
  groups: NearGroup[];
  dropped: DroppedRow[];
}

/** Orders rows by preference: the one to keep comes first. */
function preferenceOf(keep: Keep): (a: RowFacts, b: RowFacts) => number {
  if (keep === 'longest') return (a, b) => b.length - a.length || inOrder(a, b);
  if (keep === 'best') return (a, b) => a.findings - b.findings || inOrder(a, b);
  return inOrder;
}

const reasons: Record<Keep, string> = {
  first: 'first row',
  longest: 'longest row',
  best: 'fewest findings',
};

/** Groups the train rows that pairs connect, and decides about each row. */
export function decideRows(blocks: readonly PairBlock[], keep: Keep, action: NearAction): DecidedRows {
  const prefer = preferenceOf(keep);
  const leaks = dropLeaks(blocks, action);
  const gone = new Set(leaks.map(({ row }) => row));
  const groups: NearGroup[] = [];
  const dropped = [...leaks];
  for (const { kinds, neighbours } of connect(blocks.filter(({ a, b }) => isTrain(a) && isTrain(b)))) {
    const members = kinds.flatMap(({ rows }) => rows).sort(inOrder);
    const left = members.filter((row) => !gone.has(row)).sort(prefer);
    const drops = action === 'keep' ? [] : dropFrom(left, kindOfEach(kinds), neighbours, action);
    dropped.push(...drops);
    const away = new Set(drops.map(({ row }) => row));
    groups.push({
      kept: left[0] ?? (members[0] as RowFacts),
      members,
      reason: reasons[keep],
      dropped: members.filter((row) => gone.has(row) || away.has(row)),
    });
  }
  groups.sort((a, b) => inOrder(a.members[0] as RowFacts, b.members[0] as RowFacts));
  return { groups, dropped: dropped.sort((a, b) => inOrder(a.row, b.row)) };
}

// Go from the best row to the worst, and keep a row unless a kept row is its neighbour. With `by_class` only rows of one
// kind are neighbours, because only those have the class `same`.
function dropFrom(
  rows: readonly RowFacts[],
  kinds: ReadonlyMap<RowFacts, Kind>,
  neighbours: ReadonlyMap<Kind, readonly Kind[]>,
  action: 'by_class' | 'drop',
): DroppedRow[] {
  const keptOf = new Map<Kind, RowFacts>();
  const drops: DroppedRow[] = [];
  for (const row of rows) {
    const kind = kinds.get(row) as Kind;
    const near = action === 'drop' ? neighbours.get(kind)?.find((each) => keptOf.has(each)) : undefined;
    const of = keptOf.get(kind) ?? (near && keptOf.get(near));
    if (of) drops.push({ row, code: nearCodes.duplicate, of });
    else keptOf.set(kind, row);
  }
  return drops;
}

// Train rows with the same prompt as a validation or benchmark row; with `drop`, all that resemble one.
function dropLeaks(blocks: readonly PairBlock[], action: NearAction): DroppedRow[] {
  const drops = new Map<RowFacts, DroppedRow>();
  for (const { a, b, class: kind } of blocks) {
    const [train, other] = isTrain(a) ? [a, b] : [b, a];
    const of = other.rows[0];
    if (!isTrain(train) || isTrain(other) || !of || action === 'keep') continue;
    if (action === 'by_class' && kind !== 'same' && kind !== 'conflict') continue;
    const code = of.side === 'validation' ? nearCodes.validation : nearCodes.benchmark;
    for (const row of train.rows) {
      const known = drops.get(row);
      if (!known || inOrder(of, known.of) < 0) drops.set(row, { row, code, of });
    }
  }
  return [...drops.values()];
}

interface Component {
  kinds: Kind[];
  /** For each kind, the kinds that it has pairs with. */
  neighbours: Map<Kind, Kind[]>;
}

function connect(blocks: readonly PairBlock[]): Component[] {
  const neighbours = new Map<Kind, Kind[]>();
  const link = (from: Kind, to: Kind): void => {
    const list = neighbours.get(from);
    if (list) list.push(to);
    else neighbours.set(from, [to]);
  };
  for (const { a, b } of blocks) {
    link(a, b);
    if (a !== b) link(b, a);
  }
  const components: Component[] = [];
  const seen = new Set<Kind>();
  for (const start of neighbours.keys()) {
    if (seen.has(start)) continue;
    seen.add(start);
    const kinds = [start];
    for (const kind of kinds)
      for (const next of neighbours.get(kind) ?? [])
        if (!seen.has(next)) {
          seen.add(next);
          kinds.push(next);
        }
    components.push({ kinds, neighbours });
  }
  return components;
}

function kindOfEach(kinds: readonly Kind[]): Map<RowFacts, Kind> {
  return new Map(kinds.flatMap((kind) => kind.rows.map((row) => [row, kind] as const)));
}

function isTrain(kind: Kind): boolean {
  return kind.rows[0]?.side === 'train';
}

function inOrder(a: RowFacts, b: RowFacts): number {
  return a.place.row - b.place.row;
}
