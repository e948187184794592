// Finds every pair of rows whose shingle sets have a Jaccard similarity of at least the threshold.
import { type DroppedRow, decideRows, type Keep, type NearAction, type NearGroup } from './decide-rows.ts';
import { createHashList, type ExactGroups } from './exact-groups.ts';
import { createHashedRows } from './hash-rows.ts';
import { createPairInspector, type InspectedPairs, type NearRow } from './inspect-pairs.ts';
import { type PairBlock, pairBlocks } from './pair-class.ts';
import { type Ratio, reaches, toRatio } from './ratio.ts';
import type { CompareKey } from './row-texts.ts';
import type { Unit } from './words.ts';

export interface NearOptions {
  /** Jaccard similarity, above 0 and at most 1. */
  threshold: number;
  /** Words per shingle, 1 to 5. */
  n: number;
  unit: Unit;
  /** What is compared. */
  key: CompareKey;
  keep: Keep;
  action: NearAction;
  /** Also count pairs from .6 on, for any threshold. */
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

/** Pairs with at least this similarity and less than that of the next band, or at most 1. */
interface Band {
  from: number;
  pairs: number;
}

export interface NearResult {
  /** All pairs at the threshold, in blocks. */
  blocks: PairBlock[];
  groups: NearGroup[];
  dropped: DroppedRow[];
  /** Train rows with the same duplicate_key, and with the same words in prompt or answer. */
  exact: { row?: ExactGroups; prompt?: ExactGroups; answer?: ExactGroups };
  /** Null unless asked for. */
  bands: Band[] | null;
}

/** The ratio of the join; lower than the threshold if bands are requested. */
export function joinRatio({ threshold, bands }: Pick<NearOptions, 'threshold' | 'bands'>): Ratio {
  return toRatio(bands ? Math.min(threshold, lowestBand) : threshold);
}

const lowestBand = 0.6;

/**
 * Finds the near-duplicates among the rows of a source that can be read twice, train rows first. It hashes every row
 * (keeping 4 bytes per shingle), then compares the few rows that may be in a pair by their words. Throws UserError D165.
 */
export async function findNearDuplicates(
  source: () => AsyncIterable<NearRow>,
  options: NearOptions,
): Promise<NearResult> {
  const ratio = joinRatio(options);
  const hashed = createHashedRows(options);
  for await (const { place, example, side } of source()) hashed.add(place.row, example, side);
  const inspector = createPairInspector(hashed.candidates(ratio), { ...options, ratio });
  if (inspector.left() > 0)
    for await (const row of source()) {
      if (inspector.wants(row.place.row)) inspector.add(row);
      if (inspector.left() === 0) break;
    }
  return settlePairs(inspector.finish(), hashed.exact(), options);
}

/** The results: groups, dropped rows, and the number of pairs by similarity. */
export function settlePairs(
  inspected: InspectedPairs,
  fields: { prompt?: ExactGroups; answer?: ExactGroups },
  options: NearOptions,
): NearResult {
  const ratio = toRatio(options.threshold);
  const all = pairBlocks(inspected);
  const blocks = all.filter(({ shared, union }) => reaches(ratio, shared, union));
  const { groups, dropped } = decideRows(blocks, options.keep, options.action);
  return {
    blocks,
    groups,
    dropped,
    exact: { ...(options.key === 'row' && { row: equalRows(inspected) }), ...fields },
    bands: options.bands ? countBands(all) : null,
  };
}

// Rows with the same duplicate_key have the same shingles, so they are in one set.
function equalRows({ sets }: InspectedPairs): ExactGroups {
  const list = createHashList();
  const rows = sets.flatMap((set) => set.rows.filter(({ side }) => side === 'train'));
  rows.sort((a, b) => a.place.row - b.place.row);
  for (const { duplicateKey } of rows) list.add(duplicateKey[0] >>> 0, duplicateKey[1] >>> 0);
  return list.groups((i) => rows[i]?.place.row ?? 0);
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
