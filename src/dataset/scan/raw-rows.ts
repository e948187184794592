// One source's rows as they stand, with a judge for them: for work that reads a dataset more than once.
import { UserError } from '../../diagnostics/user-error.ts';
import type { Format } from '../formats/format.ts';
import type { FileRemark, RawRow } from '../readers/raw-row.ts';
import { type CheckSettings, resolveSettings, structureOnly } from './check-settings.ts';
import { createJudge, type Judgement } from './judge-row.ts';
import { openRows } from './open-rows.ts';
import { type DataSource, defaultMaxRowBytes } from './scan-types.ts';

/**
 * The rows in batches, numbered as a scan numbers them: faulty ones count, blank lines do not. Throws UserError with the
 * code of the check if the file itself is damaged: what can be read of it is not the dataset.
 */
export async function* readRawRows(source: DataSource): AsyncGenerator<RawRow[]> {
  const refuse = ({ check, message, hint }: FileRemark): void => {
    if (check.severity !== 'error') return;
    throw new UserError(check.code, `${source.label}: ${message}`, { hint: hint ?? check.hint, exitCode: 1 });
  };
  const { open, reader, end } = await openRows(source, refuse);
  let rows = 0;
  try {
    const options = { maxRowBytes: defaultMaxRowBytes, remark: refuse };
    for await (const batch of reader.read(open.chunks, options)) {
      rows += batch.length;
      yield batch;
    }
  } finally {
    await open.close();
  }
  end(rows);
}

/** How many rows decide the format of a file. */
export const sampleRows = 200;

/** The first rows of a file, by which its format is decided. */
export async function readSample(source: DataSource): Promise<RawRow[]> {
  const sample: RawRow[] = [];
  for await (const batch of readRawRows(source)) {
    sample.push(...batch.slice(0, sampleRows - sample.length));
    if (sample.length >= sampleRows) break;
  }
  return sample;
}

/** A judge that only tells whether a row can be used, and why not: checks of content and consistency are off. */
export function createUsableJudge(format: Format | null): (raw: RawRow) => Judgement {
  return createJudge(format, resolveSettings(structureOnly()));
}

/** A judge by the settings given, e.g. those that decide which rows a run leaves out. */
export function createSettingsJudge(
  format: Format | null,
  settings: CheckSettings,
): (raw: RawRow) => Judgement {
  return createJudge(format, resolveSettings(settings));
}

/** A judge with every check on. */
export function createFullJudge(format: Format | null): (raw: RawRow) => Judgement {
  return createJudge(format, resolveSettings());
}
