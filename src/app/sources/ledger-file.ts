// The ledger of a data command: one JSON line for each input row, with the one place where it went.
import type { LedgerLine } from '../../dataset/ledger.ts';
import { type NewFile, openNewFile } from '../files/new-file.ts';

/** The ledger's place, given the dataset file's. */
export function ledgerPath(dataset: string): string {
  return `${dataset}.ledger.jsonl`;
}

export interface LedgerFile extends NewFile {
  add(line: LedgerLine): void | Promise<void>;
}

/** Starts a ledger file; it is published together with its dataset (`publishAll`). */
export async function openLedgerFile(path: string): Promise<LedgerFile> {
  const file = await openNewFile(path);
  return {
    ...file,
    add({ row, file: label, line, fingerprint, fate, code, of, to, reason }) {
      // A fixed order of keys, so that ledgers can be compared as text.
      const place = { row, file: label, line, fingerprint };
      return file.write(`${JSON.stringify({ ...place, fate, code, of, to, reason })}\n`);
    },
  };
}
