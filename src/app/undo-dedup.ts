// `lorch data dedup --undo`: the dropped rows back where they stood.
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { readRawRows } from '../dataset/raw-rows.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { oneLine, openDatasetOutput } from './dataset-output.ts';
import type { UndoEnd, UndoRow } from './write-deduped.ts';

export interface RestoredDataset {
  out: string;
  rows: number;
  /** How many of them had been dropped. */
  restored: number;
}

/** Writes `out` from the deduplicated file beside the undo file. Throws UserError D091, D095, D166, D167. */
export async function undoDedup(undo: string, out: string): Promise<RestoredDataset> {
  const { end, dropped } = await readUndo(undo);
  const deduped = join(dirname(undo), end.out);
  const output = await openDatasetOutput(out);
  const hash = createHash('sha256');
  let next = 0;
  const addDropped = async (): Promise<void> => {
    for (; dropped[next]?.row === output.rows(); next += 1) await output.add(dropped[next]?.text ?? '');
  };
  try {
    for await (const batch of readRawRows({ path: deduped, label: end.out }))
      for (const { text } of batch) {
        await addDropped();
        hash.update(`${oneLine(text)}\n`);
        await output.add(text);
      }
    await addDropped();
    if (hash.digest('hex') !== end.rows_sha256)
      throw new UserError('D167', `${deduped} no longer holds the rows that were written with ${undo}.`, {
        hint: 'the dropped rows stand in the undo file as text; put back by hand what you need',
      });
    if (output.rows() !== end.rows || next !== dropped.length)
      throw new UserError('D166', `${undo} does not hold every row that it should.`);
    await output.publish();
    return { out, rows: end.rows, restored: dropped.length };
  } finally {
    await output.dispose();
  }
}

async function readUndo(path: string): Promise<{ end: UndoEnd; dropped: UndoRow[] }> {
  const lines: unknown[] = [];
  for await (const batch of readRawRows({ path, label: path }))
    for (const { value } of batch) lines.push(value);
  const end = lines.pop();
  if (!isEnd(end) || !lines.every(isRow))
    throw new UserError('D166', `${path} is no undo file, or its end is missing.`, {
      hint: 'lorch data dedup -o OUT writes it as OUT.undo.jsonl',
    });
  return { end, dropped: lines };
}

function isEnd(value: unknown): value is UndoEnd {
  const { lorch_undo, out, rows, rows_sha256 } = (value ?? {}) as Partial<Record<keyof UndoEnd, unknown>>;
  // The dataset lies beside the undo file, and nowhere else.
  const name = typeof out === 'string' && out !== '' && basename(out) === out;
  return lorch_undo === 1 && name && typeof rows === 'number' && typeof rows_sha256 === 'string';
}

function isRow(value: unknown): value is UndoRow {
  const { row, text } = (value ?? {}) as Partial<Record<keyof UndoRow, unknown>>;
  return typeof row === 'number' && typeof text === 'string';
}
