// The dataset without its duplicates, the ledger of every row, and what is needed to put the dropped ones back.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { brokenUtf8 } from '../dataset/checks/broken-utf8.ts';
import { rowTooLong } from '../dataset/checks/row-too-long.ts';
import type { DroppedRow } from '../dataset/duplicates/decide-rows.ts';
import { rowFingerprint } from '../dataset/fingerprint.ts';
import { createUsableJudge } from '../dataset/raw-rows.ts';
import type { RawRow } from '../dataset/readers/raw-row.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { type NearSource, readAgain } from './near-sources.ts';
import { createNewFile, type NewFile, refuseExisting } from './new-file.ts';

export interface WrittenDataset {
  out: string;
  ledger: string;
  undo: string;
  kept: number;
  dropped: Record<string, number>;
}

/** One line of the ledger. */
export interface DedupLedgerEntry {
  row: number;
  file: string;
  line: number;
  /** SHA-256 of the canonical row; null where the row is no example. */
  fingerprint: string | null;
  fate: 'kept' | 'dropped';
  code?: string;
  /** The row for whose sake this one was dropped. */
  of?: { row: number; file: string; line: number };
}

/** Last line of an undo file. */
export interface UndoEnd {
  lorch_undo: 1;
  /** Name of the dataset file, in the same folder. */
  out: string;
  sha256: string;
  /** Rows before anything was dropped. */
  rows: number;
}

/** Any other line of an undo file: a dropped row as it stood. */
export interface UndoRow {
  row: number;
  text: string;
}

/** The three files that belong together. */
export function outputPaths(out: string): { out: string; ledger: string; undo: string } {
  return { out, ledger: `${out}.ledger.jsonl`, undo: `${out}.undo.jsonl` };
}

/** Throws UserError D095 if one of the three exists. */
export async function refuseOutputs(out: string): Promise<void> {
  await refuseExisting(Object.values(outputPaths(out)));
}

/** Writes the three; rows keep the text that they had, and the dataset appears last. */
export async function writeDeduped(
  sources: readonly NearSource[],
  drops: readonly DroppedRow[],
  out: string,
): Promise<WrittenDataset> {
  const paths = outputPaths(out);
  const dropOf = new Map(drops.map((drop) => [drop.row.place.row, drop]));
  const files = {
    out: await createNewFile(out),
    ledger: await createNewFile(paths.ledger),
    undo: await createNewFile(paths.undo),
  };
  const dataset = createRowFile(files.out, out);
  const counts: Record<string, number> = {};
  let rows = 0;
  try {
    for (const source of sources) {
      const judge = createUsableJudge(source.format);
      for await (const { row, raw } of readAgain(source)) {
        const { example } = judge(raw);
        const drop = dropOf.get(row);
        refuseChanged(raw, source.label);
        const entry: DedupLedgerEntry = {
          row,
          file: source.label,
          line: raw.line,
          fingerprint: example ? rowFingerprint(example) : null,
          fate: drop ? 'dropped' : 'kept',
          ...(drop && {
            code: drop.code,
            of: { row: drop.of.place.row, file: drop.of.place.file, line: drop.of.place.line },
          }),
        };
        await files.ledger.write(`${JSON.stringify(entry)}\n`);
        rows += 1;
        if (drop) {
          const undo: UndoRow = { row, text: raw.text };
          await files.undo.write(`${JSON.stringify(undo)}\n`);
          counts[drop.code] = (counts[drop.code] ?? 0) + 1;
        } else await dataset.add(raw.text);
      }
    }
    const sha256 = await dataset.end();
    const end: UndoEnd = { lorch_undo: 1, out: basename(out), sha256, rows };
    await files.undo.write(`${JSON.stringify(end)}\n`);
    await files.undo.publish();
    await files.ledger.publish();
    await files.out.publish();
    return { ...paths, kept: rows - drops.length, dropped: counts };
  } finally {
    for (const file of Object.values(files)) await file.dispose();
  }
}

// A row whose bytes were not all understood cannot be written as it stood.
function refuseChanged({ fault, line }: RawRow, file: string): void {
  if (fault?.check === brokenUtf8 || fault?.check === rowTooLong)
    throw new UserError('D168', `${file}:${line} cannot be copied unchanged: ${fault.message}`, {
      hint: 'mend or remove the row first; lorch data check names every one',
    });
}

export interface RowFile {
  add(text: string): Promise<void>;
  /** SHA-256 of the whole file. */
  end(): Promise<string>;
}

/** Rows into a file: an array where its name ends in `.json`, else lines. Each row keeps its text. */
export function createRowFile(file: NewFile, path: string): RowFile {
  const asArray = path.toLowerCase().endsWith('.json');
  const hash = createHash('sha256');
  let count = 0;
  const write = async (text: string): Promise<void> => {
    hash.update(text);
    await file.write(text);
  };
  return {
    async add(text) {
      if (asArray) await write(`${count > 0 ? ',\n' : '[\n'}${text}`);
      else await write(`${oneLine(text)}\n`);
      count += 1;
    },
    async end() {
      if (asArray) await write(count > 0 ? '\n]\n' : '[]\n');
      return hash.digest('hex');
    },
  };
}

// A line break in a row's text stands between its tokens: a space does as well.
function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/\s*[\r\n]\s*/g, ' ') : text;
}
