// The sample datasets: their planted faults are found where README.md says, and nothing else is.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/dataset/ledger.ts';
import { scanDataset } from '../../src/dataset/scan/scan.ts';
import type { Finding } from '../../src/diagnostics/finding.ts';

const folder = resolve(import.meta.dirname, '../../datasets');
const files = readdirSync(folder).filter((name) => /\.jsonl?$/.test(name));

async function scan(name: string) {
  const findings: Finding[] = [];
  const ledger: LedgerEntry[] = [];
  const result = await scanDataset(
    [{ path: join(folder, name), label: name }],
    { format: 'auto', onError: 'drop', duplicates: { exact: 'drop' }, split: null },
    { onFinding: (finding) => void findings.push(finding), onLedger: (entry) => void ledger.push(entry) },
  );
  return { result, findings, ledger };
}

/** Lines and codes of the table in README.md. */
function plantedFaults(): string[] {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  return [...text.matchAll(/^\| (\d+) \| ([D\d, ]+) \|/gm)].flatMap(([, line, codes]) =>
    (codes ?? '').split(', ').map((code) => `${line} ${code}`),
  );
}

describe('the sample datasets', () => {
  it('are what their generator makes', () => {
    const before = files.map((name) => readFileSync(join(folder, name), 'utf8'));
    execFileSync(process.execPath, [join(folder, 'make.mjs')]);
    expect(files.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
  });

  it('hold a plain text, which is one document without a finding where it is read as text', async () => {
    const findings: string[] = [];
    const label = 'garden-notes.txt';
    const wanted = { format: 'text', onError: 'drop', duplicates: { exact: 'drop' }, split: null } as const;
    const { ledger } = await scanDataset([{ path: join(folder, label), label }], wanted, {
      onFinding: ({ code }) => void findings.push(code),
    });
    expect([ledger, findings]).toEqual([{ rows_in: 1, kept: 1, fixed: 0, dropped: {} }, []]);
  });

  it('yield the planted faults at their lines, and no other', async () => {
    const { findings } = await scan('support-triage.jsonl');
    const found = findings.map(({ at, code }) => `${at?.line} ${code}`);
    expect(plantedFaults().length).toBe(11);
    expect(found.sort()).toEqual(plantedFaults().sort());
  });

  it('account for every row', async () => {
    for (const name of files) {
      const { result, ledger } = await scan(name);
      expect([name, ledger.length]).toEqual([name, result.rows]);
      expect(new Set(ledger.map(({ row }) => row)).size).toBe(result.rows);
    }
  });

  it('are of the format that their name says, and clean but for the one', async () => {
    for (const name of files.filter((each) => each !== 'support-triage.jsonl')) {
      const { result, findings } = await scan(name);
      expect([name, findings]).toEqual([name, []]);
      const told = /-(alpaca|sharegpt|chatml-text)\./.exec(name)?.[1] ?? 'chatml';
      expect([name, result.format.name]).toEqual([name, told]);
    }
  });
});
