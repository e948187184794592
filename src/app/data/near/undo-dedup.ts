// `lorch data dedup --undo`: puts the dropped rows back at their places, with ledger and lineage as for any output.
import { createHash } from 'node:crypto';
import { basename, dirname, join, relative } from 'node:path';
import { createFingerprintSet, fingerprintBytes, hex } from '../../../dataset/fingerprint.ts';
import { decideFormat } from '../../../dataset/formats/decide-format.ts';
import { parseRow } from '../../../dataset/readers/parse-row.ts';
import type { RawRow } from '../../../dataset/readers/raw-row.ts';
import { createSettingsJudge, readRawRows, readSample, sampleRows } from '../../../dataset/scan/raw-rows.ts';
import { UserError } from '../../../diagnostics/user-error.ts';
import { hashFile } from '../../../hosts/hash-file.ts';
import { createOpenFiles, publishAll } from '../../files/new-file.ts';
import { usableRows } from '../../sources/dataset-checks.ts';
import { oneLine, openDatasetOutput } from '../../sources/dataset-output.ts';
import { ledgerPath, openLedgerFile } from '../../sources/ledger-file.ts';
import { type MadeBy, openLineageFile } from '../../sources/write-lineage.ts';
import type { UndoEnd, UndoRow } from './write-deduped.ts';

export interface UndoRequest {
  /** Absolute paths. */
  undo: string;
  out: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  madeBy: MadeBy;
}

export interface RestoredDataset {
  out: string;
  ledger: string;
  rows: number;
  /** How many of them had been dropped. */
  restored: number;
}

/** Writes `out` from the deduplicated file beside the undo file. Throws UserError D091, D095, D166, D167. */
export async function undoDedup(request: UndoRequest): Promise<RestoredDataset> {
  const { undo, out, cwd } = request;
  const { end, dropped } = await readUndo(undo);
  const deduped = join(dirname(undo), end.out);
  const parents = [deduped, undo].map((path) => ({ path, label: relative(cwd, path) }));
  const checks = await usableRows({ ...request, sources: parents.slice(0, 1) });
  const format = await formatOf(deduped, dropped);
  const judge = createSettingsJudge(format, checks);
  const open = createOpenFiles();
  const hash = createHash('sha256');
  const fingerprints = createFingerprintSet();
  const kept = end.rows - dropped.length;
  let [next, passed] = [0, 0];
  try {
    const output = await open.add(openDatasetOutput(out));
    const ledger = await open.add(openLedgerFile(ledgerPath(out)));
    const lineage = await open.add(openLineageFile(out));
    const add = async (raw: RawRow, row: number, parent: 0 | 1): Promise<void> => {
      const { example } = judge(raw);
      const bytes = example && fingerprintBytes(example);
      if (bytes !== null) fingerprints.add(bytes);
      const fingerprint = bytes === null ? null : hex(bytes);
      const file = parents[parent]?.label ?? '';
      await ledger.add({ row, file, line: raw.line, fingerprint, fate: 'kept' });
      await output.add(raw.text);
    };
    const addDropped = async (): Promise<void> => {
      for (; dropped[next]?.row === output.rows(); next += 1)
        await add(parseRow(dropped[next]?.text ?? '', next + 1, 1), kept + next, 1);
    };
    for await (const batch of readRawRows({ path: deduped, label: end.out }))
      for (const raw of batch) {
        await addDropped();
        hash.update(`${oneLine(raw.text)}\n`);
        await add(raw, passed, 0);
        passed += 1;
      }
    await addDropped();
    refuseOther(request, { end, deduped, sha256: hash.digest('hex') });
    if (output.rows() !== end.rows || next !== dropped.length)
      throw new UserError('D166', `${undo} does not hold every row that it should.`);
    await lineage.record(output, {
      madeBy: request.madeBy,
      options: {},
      sources: parents,
      files: [
        { sha256: await hashFile(deduped), rows: kept },
        { sha256: await hashFile(undo), rows: dropped.length },
      ],
      rows: end.rows,
      fingerprint: format && fingerprints.digest(),
      ledger: { rows_in: end.rows, kept: end.rows, fixed: 0, dropped: {} },
    });
    await publishAll([ledger, lineage, output]);
    return { out, ledger: ledger.path, rows: end.rows, restored: dropped.length };
  } finally {
    await open.dispose();
  }
}

function refuseOther(
  { undo, cwd }: UndoRequest,
  { end, deduped, sha256 }: { end: UndoEnd; deduped: string; sha256: string },
): void {
  if (sha256 === end.rows_sha256) return;
  throw new UserError(
    'D167',
    `${relative(cwd, deduped)} no longer holds the rows that were written with ${relative(cwd, undo)}.`,
    { hint: 'the undo file has the dropped rows as text; copy back the ones that you need' },
  );
}

// Decide by the rows of the file and, if there are few, also by the restored rows.
async function formatOf(path: string, dropped: readonly UndoRow[]) {
  const sample = await readSample({ path, label: path });
  const more = dropped.slice(0, sampleRows - sample.length).map(({ text }, i) => parseRow(text, i + 1, 1));
  return decideFormat('auto', [...sample, ...more]).format;
}

async function readUndo(path: string): Promise<{ end: UndoEnd; dropped: UndoRow[] }> {
  const lines: unknown[] = [];
  for await (const batch of readRawRows({ path, label: path }))
    for (const { value } of batch) lines.push(value);
  const end = lines.pop();
  if (!isEnd(end) || !lines.every(isRow))
    throw new UserError('D166', `${path} is not an undo file, or its end is missing.`, {
      hint: 'lorch data dedup -o OUT writes it as OUT.undo.jsonl',
    });
  return { end, dropped: lines };
}

function isEnd(value: unknown): value is UndoEnd {
  const { lorch_undo, out, rows, rows_sha256 } = (value ?? {}) as Partial<Record<keyof UndoEnd, unknown>>;
  // The dataset must be beside the undo file.
  const name = typeof out === 'string' && out !== '' && basename(out) === out;
  return lorch_undo === 1 && name && typeof rows === 'number' && typeof rows_sha256 === 'string';
}

function isRow(value: unknown): value is UndoRow {
  const { row, text } = (value ?? {}) as Partial<Record<keyof UndoRow, unknown>>;
  return typeof row === 'number' && typeof text === 'string';
}
