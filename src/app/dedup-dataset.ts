// `lorch data dedup`: near-duplicates and leaks of a dataset, what should become of them, and the dataset without them.
import type { Readable } from 'node:stream';
import { createHashedRows } from '../dataset/duplicates/hash-rows.ts';
import { createPairInspector, type PairInspector } from '../dataset/duplicates/inspect-pairs.ts';
import {
  joinRatio,
  type NearOptions,
  type NearResult,
  settlePairs,
} from '../dataset/duplicates/near-duplicates.ts';
import { createFullJudge, createUsableJudge } from '../dataset/raw-rows.ts';
import { judgeFor, type NearSource, openNearSources, placeOf, readAgain, readFirst } from './near-sources.ts';
import { refuseOutputs, type WrittenDataset, writeDeduped } from './write-deduped.ts';

export interface DedupRequest {
  cwd: string;
  /** Files, globs, or `-`. */
  patterns: readonly string[];
  /** Rows that must not be trained on, to compare against. */
  validation: readonly string[];
  /** Benchmark files, of any shape. */
  against: readonly string[];
  /** A format's name, or `auto`. */
  format: string;
  stdin: Readable;
  near: NearOptions;
  /** Absolute path for the kept rows; null only reports. */
  out: string | null;
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

/** Finds, decides, and writes where asked. Throws UserError D090, D091, D093, D095, D190. */
export async function dedupDataset(request: DedupRequest): Promise<DedupedDataset> {
  const { near, out } = request;
  const ratio = joinRatio(near);
  if (out !== null) await refuseOutputs(out);
  const opened = await openNearSources(request);
  try {
    const { sources } = opened;
    const hashed = createHashedRows(near);
    const unread = new Map<string, number>();
    let rows = 0;
    for (const source of sources) {
      await readFirst(
        source,
        request.format,
        rows,
        (row, _raw, { example, code }) => {
          if (example) hashed.add(row, example, source.side);
          else if (source.side === 'train') unread.set(code ?? '', (unread.get(code ?? '') ?? 0) + 1);
        },
        (count) => request.onProgress?.(count),
      );
      rows += source.rows;
    }
    const inspector = createPairInspector(hashed.candidates(ratio), { ...near, ratio });
    await handIn(sources, inspector, near.keep === 'best');
    const result = settlePairs(inspector.finish(), hashed.exact(), near);
    const own = sources.filter(({ side }) => side === 'train');
    return {
      rows: own.reduce((sum, source) => sum + source.rows, 0),
      files: own.map(({ label, rows: count, format }) => ({
        path: label,
        rows: count,
        format: format?.name ?? 'unknown',
      })),
      unread: Object.fromEntries(unread),
      near: result,
      written: out === null ? null : await writeDeduped(own, result.dropped, out),
    };
  } finally {
    await opened.dispose();
  }
}

// The second look: only the rows that may stand in a pair are judged again.
async function handIn(
  sources: readonly NearSource[],
  inspector: PairInspector,
  wantsFindings: boolean,
): Promise<void> {
  for (const source of sources) {
    if (inspector.left() === 0) return;
    const judge = judgeFor(source, createUsableJudge(source.format));
    const full = wantsFindings ? createFullJudge(source.format) : null;
    for await (const { row, raw } of readAgain(source)) {
      if (!inspector.wants(row)) continue;
      const { example } = judge(raw);
      if (!example) continue;
      const findings = full?.(raw).drafts.length ?? 0;
      inspector.add({ example, side: source.side, findings, place: placeOf(source, row, raw) });
    }
  }
}
