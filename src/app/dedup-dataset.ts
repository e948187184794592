// `lorch data dedup`: near-duplicates and leaks of a dataset, what should become of them, and the dataset without them.
import { createPairInspector } from '../dataset/duplicates/inspect-pairs.ts';
import {
  joinRatio,
  type NearOptions,
  type NearResult,
  settlePairs,
} from '../dataset/duplicates/near-duplicates.ts';
import { createFullJudge } from '../dataset/raw-rows.ts';
import { usableRows } from './dataset-checks.ts';
import { type DatasetRequest, readFormat } from './dataset-sources.ts';
import { hashSources } from './hash-sources.ts';
import { judgeFor, type NearSourcesRequest, openNearSources, placeOf } from './near-sources.ts';
import { refuseOutputs, type WrittenDataset, writeDeduped } from './write-deduped.ts';
import type { MadeBy } from './write-lineage.ts';

export interface DedupRequest extends Omit<DatasetRequest, 'onProgress'>, NearSourcesRequest {
  near: NearOptions;
  /** Absolute path for the kept rows; null only reports. */
  out: string | null;
  madeBy: MadeBy;
  onProgress?: (rows: number) => void;
}

export interface DedupedDataset {
  /** Rows of the dataset's own files, faulty ones included. */
  rows: number;
  files: { path: string; rows: number; format: string }[];
  /** Rows that could not be compared, by code; they are left as they are. */
  unread: Record<string, number>;
  near: NearResult;
  /** Null where only a report was asked for. */
  written: WrittenDataset | null;
}

/** Finds, decides, and writes where asked. Throws UserError D090, D091, D093, D095, D165. */
export async function dedupDataset(request: DedupRequest): Promise<DedupedDataset> {
  const { near, out } = request;
  const ratio = joinRatio(near);
  if (out !== null) await refuseOutputs(out);
  const opened = await openNearSources(request);
  try {
    const { sources } = opened;
    const { candidates, exact, unread, reread } = await hashSources({
      sources,
      format: await readFormat(request),
      options: near,
      ratio,
      progress: (rows) => request.onProgress?.(rows),
    });
    // The second look: only the rows that may stand in a pair are judged again.
    const inspector = createPairInspector(candidates, { ...near, ratio });
    for (const source of sources) {
      if (inspector.left() === 0) break;
      const judge = judgeFor(source);
      const full = near.keep === 'best' ? createFullJudge(source.decided) : null;
      await reread(source, inspector.wants, (row, raw) => {
        const { example } = judge(raw);
        if (!example) return;
        const findings = full?.(raw).drafts.length ?? 0;
        inspector.add({ example, side: source.side, findings, place: placeOf(source, row, raw) });
      });
    }
    const result = settlePairs(inspector.finish(), exact, near);
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
