// The result for each source of a config: its rows by fate, and what an epoch feeds from it.
import type { ScannedFile } from '../../dataset/scan/scan-types.ts';
import type { PlannedSource } from '../../run/plan.ts';
import { type ConfigSource, scanOrder } from '../sources/config-sources.ts';
import type { SourceTokens } from '../tokens/read-lengths.ts';

/** The row numbers of one source: the first row and the number of rows. */
export interface RowRange {
  setting: string;
  first: number;
  rows: number;
}

/** Rows of one source by fate, as the ledger has them. */
export interface SourceFates {
  train: number;
  validation: number;
  dropped: Record<string, number>;
  /** Training rows as often as an epoch feeds them. */
  fed: number;
}

/** Which rows each source has; `files` are those of the scan, in its order. In the order of the rows. */
export function rangesOf(sources: readonly ConfigSource[], files: readonly ScannedFile[]): RowRange[] {
  const ranges = new Map<ConfigSource, RowRange>();
  let first = 0;
  scanOrder(sources).forEach(({ source }, i) => {
    const rows = files[i]?.rows ?? 0;
    const range = ranges.get(source) ?? { setting: source.setting, first, rows: 0 };
    ranges.set(source, { ...range, rows: range.rows + rows });
    first += rows;
  });
  return [...ranges.values()];
}

/** The index of the range that a row belongs to; rows of a scan always have one. */
export function rangeOf(ranges: readonly RowRange[], row: number): number {
  let [low, high] = [0, ranges.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ranges[middle]?.first ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface SourcesRequest {
  sources: readonly ConfigSource[];
  files: readonly ScannedFile[];
  ranges: readonly RowRange[];
  /** By range. */
  fates: readonly SourceFates[];
  /** Figures of the training sequences by range; null if there is no training row. */
  tokens: readonly SourceTokens[] | null;
  /** The dataset's own. */
  template: string;
}

const nothing: SourceTokens = { rows: 0, tokens: 0, trained_tokens: 0 };

/** `dataset.sources` of the plan, training first. Throws if ledger and sequences differ: that is a bug in lorch. */
export function planSources(request: SourcesRequest): PlannedSource[] {
  const { sources, files, ranges, fates, tokens, template } = request;
  const formats = new Map(files.map(({ path, format }) => [path, format]));
  return sources.map((source) => {
    const at = ranges.findIndex(({ setting }) => setting === source.setting);
    const [range, fate, fed = nothing] = [ranges[at], fates[at], tokens?.[at]];
    if (!range || !fate) throw new Error(`the rows of ${source.setting} are in no range`);
    if (fate.fed !== fed.rows)
      throw new Error(`the ledger feeds ${fate.fed} rows of ${source.setting}, the sequences ${fed.rows}`);
    const names = new Set(source.files.map(({ label }) => formats.get(label) ?? 'unknown'));
    return {
      setting: source.setting,
      role: source.role,
      path: source.path,
      files: source.files.map(({ label }) => label),
      first_row: range.first,
      format: names.size === 1 ? ([...names][0] as string) : 'mixed',
      template: source.template ?? template,
      weight: source.weight,
      ...(source.limit !== null && { limit: source.limit }),
      rows_in: range.rows,
      train: fate.train,
      validation: fate.validation,
      dropped: fate.dropped,
      fed,
    };
  });
}
