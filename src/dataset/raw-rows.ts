// One source's rows as they stand, with a judge for them: for work that reads a dataset more than once.
import type { CheckSettings } from './check-settings.ts';
import { resolveSettings } from './check-settings.ts';
import { checks } from './checks/index.ts';
import { isRow } from './formats/fields.ts';
import type { Format } from './formats/format.ts';
import { detectFormat, findFormat } from './formats/index.ts';
import { createJudge, type Judgement } from './judge-row.ts';
import { binaryKind, openSource } from './open-source.ts';
import { chooseReader } from './readers/index.ts';
import type { RawRow } from './readers/raw-row.ts';
import { defaultMaxRowBytes } from './scan-types.ts';

/** The rows in batches, numbered as a scan numbers them: faulty ones count, blank lines do not. */
export async function* readRawRows(path: string, label: string): AsyncGenerator<RawRow[]> {
  const open = await openSource(path, undefined, label);
  if (binaryKind(open.head)) open.stop();
  const reader = chooseReader(open.head);
  yield* reader.read(open.chunks, { maxRowBytes: defaultMaxRowBytes, remark: () => undefined });
}

/** The format of a file's first rows; null where it cannot be told. */
export function decideFormat(wanted: string, sample: readonly RawRow[]): Format | null {
  if (wanted !== 'auto') return findFormat(wanted);
  const objects = sample.map(({ value }) => value).filter(isRow);
  return objects.length === 0 ? null : detectFormat(objects).format;
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
