// One source's rows as they stand, with a judge for them: for work that reads a dataset more than once.
import type { CheckSettings } from './check-settings.ts';
import { resolveSettings } from './check-settings.ts';
import { checks } from './checks/index.ts';
import type { Format } from './formats/format.ts';
import { createJudge, type Judgement } from './judge-row.ts';
import { openRows } from './open-rows.ts';
import type { RawRow } from './readers/raw-row.ts';
import { type DataSource, defaultMaxRowBytes } from './scan-types.ts';

/** The rows in batches, numbered as a scan numbers them: faulty ones count, blank lines do not. */
export async function* readRawRows(source: DataSource): AsyncGenerator<RawRow[]> {
  const quiet = (): void => undefined;
  const { open, reader } = await openRows(source, quiet);
  yield* reader.read(open.chunks, { maxRowBytes: defaultMaxRowBytes, remark: quiet });
}

/** A judge that only tells whether a row can be used, and why not: checks of content and consistency are off. */
export function createUsableJudge(format: Format | null): (raw: RawRow) => Judgement {
  const off = checks.filter(({ group, fatal }) => (group ?? 'structure') !== 'structure' && !fatal);
  const settings: CheckSettings = Object.fromEntries(off.map(({ code }) => [code, 'off' as const]));
  return createJudge(format, resolveSettings(settings));
}

/** A judge with every check on. */
export function createFullJudge(format: Format | null): (raw: RawRow) => Judgement {
  return createJudge(format, resolveSettings());
}
