// `lorch data dedup --undo`: the dropped rows back where they stood.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRawRows } from '../dataset/raw-rows.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { createNewFile, refuseExisting } from './new-file.ts';
import { createRowFile, type UndoEnd, type UndoRow } from './write-deduped.ts';

export interface RestoredDataset {
  out: string;
  rows: number;
  /** How many of them had been dropped. */
  restored: number;
}

/** Writes `out` from the deduplicated file beside the undo file. Throws UserError D091, D095, D166, D167. */
export async function undoDedup(undo: string, out: string): Promise<RestoredDataset> {
  await refuseExisting([out]);
  const { end, dropped } = await readUndo(undo);
  const deduped = join(dirname(undo), end.out);
  if ((await hashFile(deduped)) !== end.sha256)
    throw new UserError('D167', `${deduped} is no longer what was written with ${undo}.`, {
      hint: 'the dropped rows stand in the undo file as text; put back by hand what you need',
    });
  const file = await createNewFile(out);
  const rows = createRowFile(file, out);
  let next = 0;
  let row = 0;
  const addDropped = async (): Promise<void> => {
    for (; dropped[next]?.row === row; next += 1) {
      await rows.add(dropped[next]?.text ?? '');
      row += 1;
    }
  };
  try {
    for await (const batch of readRawRows({ path: deduped, label: end.out }))
      for (const raw of batch) {
        await addDropped();
        await rows.add(raw.text);
        row += 1;
      }
    await addDropped();
    if (row !== end.rows || next !== dropped.length)
      throw new UserError('D166', `${undo} does not hold every row that it should.`);
    await rows.end();
    await file.publish();
    return { out, rows: row, restored: dropped.length };
  } finally {
    await file.dispose();
  }
}

async function readUndo(path: string): Promise<{ end: UndoEnd; dropped: UndoRow[] }> {
  const lines: unknown[] = [];
  for await (const batch of readRawRows({ path, label: path }))
    for (const { value } of batch) lines.push(value);
  const end = lines.pop() as UndoEnd | undefined;
  if (end?.lorch_undo !== 1)
    throw new UserError('D166', `${path} is no undo file, or its end is missing.`, {
      hint: 'lorch data dedup -o OUT writes it as OUT.undo.jsonl',
    });
  return { end, dropped: lines as UndoRow[] };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('D091', `${path} cannot be read: ${reason}`, { cause: error });
  }
  return hash.digest('hex');
}
