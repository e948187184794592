// Near-duplicates, exactly: every pair of rows whose shingle sets have a Jaccard similarity of at least the threshold.
import type { Example, RowPlace } from '../example.ts';
import { type DroppedRow, decideRows, type Keep, type NearAction, type NearGroup } from './decide-rows.ts';
import { findCandidates, type Side } from './find-candidates.ts';
import { createPairInspector, type InspectedPairs, type InspectOptions } from './inspect-pairs.ts';
import { type PairBlock, pairBlocks } from './pair-class.ts';
import { type Ratio, reaches, toRatio } from './ratio.ts';
import { type CompareKey, rowTexts } from './row-texts.ts';
import { createShingleStore, type ShingleStore } from './shingle-store.ts';
import { createShingler } from './shingler.ts';
import type { Unit } from './words.ts';

export interface NearOptions {
  /** Jaccard similarity, above 0 and at most 1. */
  threshold: number;
  /** Words a shingle, 1 to 5. */
  n: number;
  unit: Unit;
  /** What is compared. */
  key: CompareKey;
  keep: Keep;
  action: NearAction;
  /** Counts from .6 on, whatever the threshold. */
  bands: boolean;
}

export const defaultNear: NearOptions = {
  threshold: 0.8,
  n: 3,
  unit: 'auto',
  key: 'row',
  keep: 'first',
  action: 'by_class',
  bands: false,
};

/** One row to compare. */
export interface NearRow {
  example: Example;
  place: RowPlace;
  side: Side;
  /** How many findings the row has; `keep: best` asks. */
  findings: number;
}

/** Pairs at least this similar and below the next band's, or at most 1. */
export interface Band {
  from: number;
  pairs: number;
}

export interface NearResult {
  /** All pairs at the threshold, in blocks. */
  blocks: PairBlock[];
  groups: NearGroup[];
  dropped: DroppedRow[];
  /** Null unless asked for. */
  bands: Band[] | null;
}

/** The ratio that the join runs at: lower than the threshold where bands are wanted. */
export function joinRatio({ threshold, bands }: Pick<NearOptions, 'threshold' | 'bands'>): Ratio {
  return toRatio(bands ? Math.min(threshold, lowestBand) : threshold);
}

const lowestBand = 0.6;

/**
 * Finds the near-duplicates among the rows of a source that can be read twice: first every row is hashed (4 bytes a
 * shingle are kept), then the few that may stand in a pair are compared by their words. Throws UserError D190.
 */
export async function findNearDuplicates(
  source: () => AsyncIterable<NearRow>,
  options: NearOptions,
): Promise<NearResult> {
  const ratio = joinRatio(options);
  const hashed = createRowHasher(options);
  for await (const row of source()) hashed.add(row.example, row.side);
  const inspector = hashed.inspector({ ...options, ratio });
  let next = 0;
  let number = -1;
  if (inspector.wanted.length > 0)
    for await (const row of source()) {
      number += 1;
      if (inspector.wanted[next] !== number) continue;
      inspector.add(number, row);
      next += 1;
      if (next === inspector.wanted.length) break;
    }
  return settlePairs(inspector.finish(), options);
}

export interface RowHasher {
  add(example: Example, side: Side): void;
  store: ShingleStore;
  inspector(options: InspectOptions): ReturnType<typeof createPairInspector>;
}

/** The first pass: takes each row once. */
export function createRowHasher({ n, unit, key }: Pick<NearOptions, 'n' | 'unit' | 'key'>): RowHasher {
  const shingler = createShingler({ n, unit });
  const store = createShingleStore();
  let firstOther = Number.POSITIVE_INFINITY;
  return {
    store,
    add(example, side) {
      for (const text of rowTexts(example, key)) shingler.addText(text);
      if (side !== 'train') firstOther = Math.min(firstOther, store.rows());
      const size = shingler.endRow();
      store.add(shingler.shingles(), size);
    },
    inspector: (options) =>
      createPairInspector(
        findCandidates(store, options.ratio, (row) => row < firstOther),
        options,
      ),
  };
}

/** What the pairs mean: groups, what is dropped, and how many there are of each similarity. */
export function settlePairs(inspected: InspectedPairs, options: NearOptions): NearResult {
  const ratio = toRatio(options.threshold);
  const all = pairBlocks(inspected);
  const blocks = all.filter(({ shared, union }) => reaches(ratio, shared, union));
  const { groups, dropped } = decideRows(blocks, options.keep, options.action);
  return { blocks, groups, dropped, bands: options.bands ? countBands(all) : null };
}

function countBands(blocks: readonly PairBlock[]): Band[] {
  const bands = [0.6, 0.7, 0.8, 0.9].map((from) => ({ from, ratio: toRatio(from), pairs: 0 }));
  for (const { a, b, shared, union, count } of blocks) {
    if (a.rows[0]?.side !== 'train' || b.rows[0]?.side !== 'train') continue;
    const band = bands.findLast(({ ratio }) => reaches(ratio, shared, union));
    if (band) band.pairs += count;
  }
  return bands.map(({ from, pairs }) => ({ from, pairs }));
}
