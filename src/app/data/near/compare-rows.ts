// Finds every pair of similar rows in some files: hashes all rows once, then reads again only rows that may be in a pair.
import { createPairInspector } from '../../../dataset/duplicates/inspect-pairs.ts';
import {
  joinRatio,
  type NearOptions,
  type NearResult,
  settlePairs,
} from '../../../dataset/duplicates/near-duplicates.ts';
import type { FieldMapping } from '../../../dataset/formats/field-mapping.ts';
import { createFullJudge } from '../../../dataset/scan/raw-rows.ts';
import { hashSources } from './hash-sources.ts';
import { judgeFor, type NearSource, placeOf } from './near-sources.ts';

/** Compares the rows of the sources, train rows first. `unread`: rows that could not be compared, by code. */
export async function compareRows(
  sources: readonly NearSource[],
  format: string | FieldMapping,
  near: NearOptions,
  onProgress: (rows: number) => void,
): Promise<{ near: NearResult; unread: Record<string, number> }> {
  const ratio = joinRatio(near);
  const { candidates, exact, unread, reread } = await hashSources({
    sources: [...sources],
    format,
    options: near,
    ratio,
    progress: onProgress,
  });
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
  return { near: settlePairs(inspector.finish(), exact, near), unread };
}
