// Short ways to write log entries, for tests.
import { createHash } from 'node:crypto';
import type {
  DrawEntry,
  LogEntry,
  NoteEntry,
  SettleEntry,
  VerdictEntry,
} from '../../../src/dataset/review/entries.ts';

/** A made-up fingerprint. */
export const fp = (name: string): string => createHash('sha256').update(name).digest('hex');

export const datasetA = fp('dataset A');

let serial = 0;
const stamp = (reviewer: string) => {
  serial += 1;
  return { v: 1 as const, id: `e${serial}`, at_ms: 1000 + serial, reviewer, tool: 'lorch test' };
};

/** A verdict of ann's on the row at a position (null: read for its findings). */
export function verdict(
  row: string,
  said: VerdictEntry['verdict'],
  changes: Partial<VerdictEntry> = {},
): VerdictEntry {
  return {
    ...stamp(changes.reviewer ?? 'ann'),
    type: 'verdict',
    dataset: datasetA,
    row: fp(row),
    verdict: said,
    ...(said === 'reject' && { reason: 'wrong' as const }),
    ...(said === 'edit' && { edit: { text: '{}', fingerprint: fp(`${row} edited`) } }),
    position: 0,
    codes: [],
    ...changes,
  };
}

export const undo = (of: LogEntry, reviewer = of.reviewer): LogEntry => ({
  ...stamp(reviewer),
  type: 'undo',
  of: of.id,
});

export const note = (row: string, text: string): NoteEntry => ({
  ...stamp('ann'),
  type: 'note',
  dataset: datasetA,
  row: fp(row),
  text,
});

export const settle = (row: string, said: SettleEntry['verdict'], of: LogEntry[]): SettleEntry => ({
  ...stamp('lead'),
  type: 'settle',
  dataset: datasetA,
  row: fp(row),
  verdict: said,
  ...(said === 'reject' && { reason: 'other' as const }),
  of: of.map(({ id }) => id),
});

export const draw = (rows: number, control: string[] = [], dataset = datasetA): DrawEntry => ({
  ...stamp('ann'),
  type: 'draw',
  dataset,
  rows,
  format: 'auto',
  control: control.map((row) => fp(row).slice(0, 12)),
});
