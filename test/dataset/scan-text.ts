// Scans text as if it were a file, and keeps everything that came out.
import { Readable } from 'node:stream';
import { spillToDisk } from '../../src/app/files/spill-to-disk.ts';
import type { LedgerEntry } from '../../src/dataset/ledger.ts';
import { structureOnly as structureSettings } from '../../src/dataset/scan/check-settings.ts';
import { scanDataset } from '../../src/dataset/scan/scan.ts';
import type { DataSource, KeptRow, ScanOptions, ScanResult } from '../../src/dataset/scan/scan-types.ts';
import type { Split } from '../../src/dataset/split.ts';
import type { Finding } from '../../src/diagnostics/finding.ts';

export interface Scanned {
  result: ScanResult;
  findings: Finding[];
  ledger: LedgerEntry[];
  kept: (KeptRow & { split: Split })[];
}

export type Source = Omit<DataSource, 'path' | 'label'> & {
  text: string | Uint8Array;
  label?: string;
  /** Bytes a chunk. */
  chunk?: number;
};

/** Settings that leave only the checks of structure on. */
export const structureOnly = structureSettings();

const defaults: ScanOptions = {
  format: 'auto',
  onError: 'drop',
  duplicates: { exact: 'drop' },
  split: null,
};

/** One text, or several sources, through scanDataset. */
export async function scanText(
  input: string | Uint8Array | Source[],
  options: Partial<ScanOptions> = {},
): Promise<Scanned> {
  const sources = Array.isArray(input) ? input : [{ text: input }];
  const findings: Finding[] = [];
  const ledger: LedgerEntry[] = [];
  const kept: Scanned['kept'] = [];
  const result = await scanDataset(
    sources.map(({ text, chunk, ...source }, i) => ({
      path: '',
      label: `file-${i}`,
      spill: spillToDisk,
      ...source,
      stream: Readable.from(cut(Buffer.from(text), chunk ?? 65_536)),
    })),
    { ...defaults, ...options },
    {
      onFinding: (finding) => void findings.push(finding),
      onLedger: (entry) => void ledger.push(entry),
      onExample: (split, row) => void kept.push({ ...row, split }),
    },
  );
  return { result, findings, ledger, kept };
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
