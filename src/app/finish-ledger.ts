// The last word on every row: the scan's ledger with the rows that tokenisation dropped.
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createFingerprintSet } from '../dataset/fingerprint.ts';
import type { LedgerEntry } from '../dataset/ledger.ts';
import type { Place } from '../diagnostics/finding.ts';

export interface FinishedLedger {
  rowsIn: number;
  train: { rows: number; fingerprint: string };
  validation: { rows: number; fingerprint: string };
  /** Over train and validation together. */
  fingerprint: string;
  dropped: Record<string, number>;
  /** File and line of the rows asked for. */
  places: Map<number, Place>;
}

/** Writes `ledger.jsonl.gz` at `to` and adds it up; `dropped` says which rows tokenisation dropped, and why. */
export async function finishLedger(
  from: string,
  to: string,
  dropped: ReadonlyMap<number, string>,
  wanted: ReadonlySet<number>,
): Promise<FinishedLedger> {
  const sets = {
    train: createFingerprintSet(),
    validation: createFingerprintSet(),
    all: createFingerprintSet(),
  };
  const counts = new Map<string, number>();
  const places = new Map<number, Place>();
  let rowsIn = 0;
  async function* entries(): AsyncGenerator<string> {
    for await (const line of createInterface({ input: createReadStream(from) })) {
      const entry = JSON.parse(line) as LedgerEntry;
      const code = dropped.get(entry.row);
      if (code !== undefined) Object.assign(entry, { fate: 'dropped', code });
      rowsIn += 1;
      if (wanted.has(entry.row)) places.set(entry.row, { file: entry.file, line: entry.line });
      if (entry.fate === 'dropped') counts.set(entry.code ?? '?', (counts.get(entry.code ?? '?') ?? 0) + 1);
      else if (entry.fingerprint) {
        const bytes = Buffer.from(entry.fingerprint, 'hex').toString('latin1');
        sets[entry.fate].add(bytes);
        sets.all.add(bytes);
      }
      yield `${JSON.stringify(entry)}\n`;
    }
  }
  await pipeline(Readable.from(entries()), createGzip(), createWriteStream(to, { mode: 0o600 }));
  return {
    rowsIn,
    train: { rows: sets.train.size(), fingerprint: sets.train.digest() },
    validation: { rows: sets.validation.size(), fingerprint: sets.validation.digest() },
    fingerprint: sets.all.digest(),
    dropped: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    places,
  };
}
