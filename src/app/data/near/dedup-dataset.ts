// `lorch data dedup`: finds near-duplicates and leaks, decides which rows to drop, and writes the dataset without them.
import type { NearOptions, NearResult } from '../../../dataset/duplicates/near-duplicates.ts';
import { usableRows } from '../../sources/dataset-checks.ts';
import { type DatasetRequest, readFormat } from '../../sources/dataset-sources.ts';
import type { MadeBy } from '../../sources/write-lineage.ts';
import { compareRows } from './compare-rows.ts';
import { type NearSourcesRequest, openNearSources } from './near-sources.ts';
import { refuseOutputs, type WrittenDataset, writeDeduped } from './write-deduped.ts';

export interface DedupRequest extends Omit<DatasetRequest, 'onProgress'>, NearSourcesRequest {
  near: NearOptions;
  /** Absolute path for the kept rows; null only reports. */
  out: string | null;
  madeBy: MadeBy;
  onProgress?: (rows: number) => void;
}

export interface DedupedDataset {
  /** Rows of the dataset's own files, including faulty ones. */
  rows: number;
  files: { path: string; rows: number; format: string }[];
  /** Rows that could not be compared, by code; they are kept unchanged. */
  unread: Record<string, number>;
  near: NearResult;
  /** Null if only a report was asked for. */
  written: WrittenDataset | null;
}

/** Finds, decides, and writes if asked. Throws UserError D090, D091, D093, D095, D165. */
export async function dedupDataset(request: DedupRequest): Promise<DedupedDataset> {
  const { near, out } = request;
  if (out !== null) await refuseOutputs(out);
  const opened = await openNearSources(request);
  try {
    const { sources } = opened;
    const { near: result, unread } = await compareRows(sources, await readFormat(request), near, (rows) =>
      request.onProgress?.(rows),
    );
    const own = sources.filter(({ side }) => side === 'train');
    return {
      rows: own.reduce((sum, source) => sum + source.rows, 0),
      files: own.map(({ label, rows: count, decided }) => ({
        path: label,
        rows: count,
        format: decided?.name ?? 'unknown',
      })),
      unread,
      near: result,
      written:
        out === null
          ? null
          : await writeDeduped({
              sources: own,
              drops: result.dropped,
              checks: await usableRows({ ...request, sources: own.map(({ origin }) => origin) }),
              out,
              madeBy: request.madeBy,
              options: optionsOf(request),
            }),
    };
  } finally {
    await opened.dispose();
  }
}

function optionsOf({ near, validation, against }: DedupRequest): Record<string, unknown> {
  const { threshold, n, unit, key, keep, action } = near;
  return { near: threshold, n, unit, key, keep, action, validation, against };
}
