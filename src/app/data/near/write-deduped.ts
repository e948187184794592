// Writes the dataset without its duplicates, the ledger of every row, and what is needed to restore the dropped rows.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { brokenUtf8 } from '../../../dataset/checks/structure/broken-utf8.ts';
import { rowTooLong } from '../../../dataset/checks/structure/row-too-long.ts';
import type { DroppedRow } from '../../../dataset/duplicates/decide-rows.ts';
import { createFingerprintSet, fingerprintBytes, hex } from '../../../dataset/fingerprint.ts';
import { lineagePath } from '../../../dataset/lineage.ts';
import type { RawRow } from '../../../dataset/readers/raw-row.ts';
import type { CheckSettings } from '../../../dataset/scan/check-settings.ts';
import { createSettingsJudge } from '../../../dataset/scan/raw-rows.ts';
import { UserError } from '../../../diagnostics/user-error.ts';
import { hashFile } from '../../../hosts/hash-file.ts';
import { createOpenFiles, openNewFile, publishAll, refuseExisting } from '../../files/new-file.ts';
import { oneLine, openDatasetOutput } from '../../sources/dataset-output.ts';
import { ledgerPath, openLedgerFile } from '../../sources/ledger-file.ts';
import { removeLeftBeside } from '../../sources/left-beside.ts';
import { type LineageFacts, type MadeBy, openLineageFile } from '../../sources/write-lineage.ts';
import { type NearSource, readAgain } from './near-sources.ts';

export interface WrittenDataset {
  out: string;
  ledger: string;
  undo: string;
  lineage: string;
  kept: number;
  dropped: Record<string, number>;
  /** Kept rows that a run would drop because of their errors, by code. */
  faulty: Record<string, number>;
  /** Fingerprint of the kept rows without errors, which every command shows for the file. */
  fingerprint: string;
}

/** Last line of an undo file. */
export interface UndoEnd {
  lorch_undo: 1;
  /** Name of the dataset file, in the same folder. */
  out: string;
  /** SHA-256 over the rows of that file, one a line. */
  rows_sha256: string;
  /** Rows before anything was dropped. */
  rows: number;
}

/** Every other line of an undo file: the text of a dropped row. */
export interface UndoRow {
  row: number;
  text: string;
}

function outputPaths(out: string): { out: string; ledger: string; undo: string; lineage: string } {
  return { out, ledger: ledgerPath(out), undo: `${out}.undo.jsonl`, lineage: lineagePath(out) };
}

/** Throws UserError D095 if one of the files that `writeDeduped` makes exists. */
export async function refuseOutputs(out: string): Promise<void> {
  await removeLeftBeside(out);
  for (const path of Object.values(outputPaths(out))) await refuseExisting(path);
}

export interface WriteRequest {
  /** The dataset's own. */
  sources: readonly NearSource[];
  drops: readonly DroppedRow[];
  /** Which rows have errors. */
  checks: CheckSettings;
  out: string;
  madeBy: MadeBy;
  /** What decided the outcome. */
  options: Record<string, unknown>;
}

/** Writes dataset, ledger, undo file and lineage. Rows keep their text. Throws UserError D095, D168. */
export async function writeDeduped(request: WriteRequest): Promise<WrittenDataset> {
  const { sources, drops, out } = request;
  const paths = outputPaths(out);
  const dropOf = new Map(drops.map((drop) => [drop.row.place.row, drop]));
  const open = createOpenFiles();
  const kept = createHash('sha256');
  const fingerprints = createFingerprintSet();
  const dropped: Record<string, number> = {};
  const faulty: Record<string, number> = {};
  let rows = 0;
  try {
    const dataset = await open.add(openDatasetOutput(out));
    const ledger = await open.add(openLedgerFile(paths.ledger));
    const undo = await open.add(openNewFile(paths.undo));
    const lineage = await open.add(openLineageFile(out));
    for (const source of sources) {
      const judge = createSettingsJudge(source.decided, request.checks);
      for await (const { row, raw } of readAgain(source)) {
        refuseChanged(raw, source.label);
        const { example, code } = judge(raw);
        const drop = dropOf.get(row);
        const bytes = example && fingerprintBytes(example);
        await ledger.add({
          row,
          file: source.label,
          line: raw.line,
          fingerprint: bytes === null ? null : hex(bytes),
          fate: drop ? 'dropped' : 'kept',
          ...(drop && { code: drop.code }),
          // Rows of other files have no meaningful number here.
          ...(drop?.of.side === 'train' && { of: drop.of.place.row }),
        });
        rows += 1;
        if (drop) {
          const line: UndoRow = { row, text: raw.text };
          await undo.write(`${JSON.stringify(line)}\n`);
          dropped[drop.code] = (dropped[drop.code] ?? 0) + 1;
        } else {
          await dataset.add(raw.text);
          kept.update(`${oneLine(raw.text)}\n`);
          if (bytes !== null) fingerprints.add(bytes);
          if (code !== undefined) faulty[code] = (faulty[code] ?? 0) + 1;
        }
      }
    }
    const end: UndoEnd = { lorch_undo: 1, out: basename(out), rows_sha256: kept.digest('hex'), rows };
    await undo.write(`${JSON.stringify(end)}\n`);
    const written = { rows: dataset.rows(), fingerprint: fingerprints.digest() };
    await lineage.record(dataset, await lineageOf(request, written, { rows, dropped }));
    await publishAll([undo, ledger, lineage, dataset]);
    return { ...paths, kept: dataset.rows(), dropped, faulty, fingerprint: written.fingerprint };
  } finally {
    await open.dispose();
  }
}

async function lineageOf(
  { sources, madeBy, options }: WriteRequest,
  written: { rows: number; fingerprint: string },
  { rows, dropped }: { rows: number; dropped: Record<string, number> },
): Promise<LineageFacts> {
  const files = [];
  for (const { path, rows: count } of sources) files.push({ sha256: await hashFile(path), rows: count });
  return {
    madeBy,
    options,
    sources: sources.map(({ origin }) => origin),
    files,
    ...written,
    ledger: { rows_in: rows, kept: written.rows, fixed: 0, dropped },
  };
}

// A row with bytes that could not be decoded cannot be written unchanged.
function refuseChanged({ fault, line }: RawRow, file: string): void {
  if (fault?.check === brokenUtf8 || fault?.check === rowTooLong)
    throw new UserError('D168', `${file}:${line} cannot be copied unchanged: ${fault.message}`, {
      hint: 'fix or remove the row first; lorch data check names every one',
    });
}
