// Finishes the scan's ledger with the rows that the tokenisation dropped.
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createFingerprintSet } from '../../dataset/fingerprint.ts';
import type { LedgerEntry } from '../../dataset/ledger.ts';
import type { Place } from '../../diagnostics/finding.ts';
import { type RowRange, rangeOf, type SourceFates } from './plan-sources.ts';

export interface FinishedLedger {
  rowsIn: number;
  /** `fed`: its rows as often as an epoch feeds them. */
  train: { rows: number; fed: number; fingerprint: string };
  validation: { rows: number; fingerprint: string };
  /** Over train and validation together. */
  fingerprint: string;
  dropped: Record<string, number>;
  /** By source, in the order of `ranges`. */
  sources: SourceFates[];
  /** File and line of the requested rows. */
  places: Map<number, Place>;
}

/**
 * Writes `ledger.jsonl.gz` at `to` and adds it up; `dropped` says which rows tokenisation dropped, and why. Each line gets
 * the setting of its source, by `ranges`.
 */
export async function finishLedger(
  from: string,
  to: string,
  dropped: ReadonlyMap<number, string>,
  wanted: ReadonlySet<number>,
  ranges: readonly RowRange[],
): Promise<FinishedLedger> {
  const sets = {
    train: createFingerprintSet(),
    validation: createFingerprintSet(),
    all: createFingerprintSet(),
  };
  const counts = new Map<string, number>();
  const places = new Map<number, Place>();
  const sources = ranges.map(() => ({ train: 0, validation: 0, dropped: new Map<string, number>(), fed: 0 }));
  let rowsIn = 0;
  async function* entries(): AsyncGenerator<string> {
    for await (const line of createInterface({ input: createReadStream(from) })) {
      const entry = JSON.parse(line) as LedgerEntry;
      const code = dropped.get(entry.row);
      if (code !== undefined) {
        Object.assign(entry, { fate: 'dropped', code });
        delete entry.times;
      }
      rowsIn += 1;
      if (wanted.has(entry.row)) places.set(entry.row, { file: entry.file, line: entry.line });
      const at = rangeOf(ranges, entry.row);
      const source = sources[at];
      if (entry.fate === 'dropped') {
        for (const each of [counts, source?.dropped])
          each?.set(entry.code ?? '?', (each.get(entry.code ?? '?') ?? 0) + 1);
      } else if (source) {
        source[entry.fate] += 1;
        if (entry.fate === 'train') source.fed += entry.times ?? 1;
      }
      if (entry.fate !== 'dropped' && entry.fingerprint) {
        const bytes = Buffer.from(entry.fingerprint, 'hex').toString('latin1');
        sets[entry.fate].add(bytes);
        sets.all.add(bytes);
      }
      yield `${JSON.stringify({ ...entry, source: ranges[at]?.setting })}\n`;
    }
  }
  await pipeline(Readable.from(entries()), createGzip(), createWriteStream(to, { mode: 0o600 }));
  return {
    rowsIn,
    train: {
      rows: sets.train.size(),
      fed: sources.reduce((sum, { fed }) => sum + fed, 0),
      fingerprint: sets.train.digest(),
    },
    validation: { rows: sets.validation.size(), fingerprint: sets.validation.digest() },
    fingerprint: sets.all.digest(),
    dropped: byCode(counts),
    sources: sources.map((source) => ({ ...source, dropped: byCode(source.dropped) })),
    places,
  };
}

function byCode(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
