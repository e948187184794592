// What must hold for any file whatever: every row in the ledger once, places that exist, one answer however it is read.

import { Readable } from 'node:stream';
import { spillToDisk } from '../../../src/app/files/spill-to-disk.ts';
import { renderFinding } from '../../../src/cli/ui/diagnostic.ts';
import { checks } from '../../../src/dataset/checks/index.ts';
import { damagedArchive } from '../../../src/dataset/checks/structure/damaged-archive.ts';
import { rowFingerprint } from '../../../src/dataset/fingerprint.ts';
import type { CheckSettings } from '../../../src/dataset/scan/check-settings.ts';
import { scanDataset } from '../../../src/dataset/scan/scan.ts';
import type { Finding } from '../../../src/diagnostics/finding.ts';
import { type Scanned, scanText } from '../scan-text.ts';
import type { FuzzedFile } from './make-file.ts';

/** Every check on, whatever its default. */
const everyCheck: CheckSettings = Object.fromEntries(checks.map(({ code, severity }) => [code, severity]));

const codes = new Set(checks.map(({ code }) => code));

const chunkBytes = 65_536;
const options = { checks: everyCheck, split: { fraction: 0.3, seed: 1 } };

/** Scans the file in several ways and holds the answers against each other; returns its rows. Throws what is wrong. */
export async function scanFuzzed({ bytes, plain }: FuzzedFile, chunk: number): Promise<Scanned> {
  const source = (size: number) => [{ text: bytes, chunk: size, spill: spillToDisk }];
  const whole = await scanText(source(chunkBytes), options);
  checkLedger(whole);
  const lines = plain ? linesOf(bytes) : null;
  for (const finding of whole.findings) checkFinding(finding, lines);
  for (const { text, example, fingerprint } of whole.kept) {
    if (typeof JSON.parse(text) !== 'object') throw new Error(`a kept row is ${text.slice(0, 80)}`);
    if (rowFingerprint(example) !== fingerprint) throw new Error('a kept row has another fingerprint');
  }
  // How much comes out of a damaged archive before the damage depends on how much of it was put in at a time.
  const damaged = whole.findings.some(({ code }) => code === damagedArchive.code);
  same('in chunks', summary(whole), summary(await scanText(source(damaged ? chunkBytes : chunk), options)));
  same('without examples', withoutRows(whole), await scanBare(bytes));
  return whole;
}

function checkLedger({ result, ledger, kept }: Scanned): void {
  const rows = ledger.map(({ row }) => row).sort((a, b) => a - b);
  if (rows.length !== result.rows || rows.some((row, i) => row !== i))
    throw new Error(`${result.rows} rows, and the ledger has ${JSON.stringify(rows).slice(0, 200)}`);
  const { rows_in, kept: sum, dropped } = result.ledger;
  const lost = Object.values(dropped).reduce((total, n) => total + n, 0);
  if (rows_in !== result.rows || sum + lost !== rows_in) throw new Error('the sums do not agree');
  if (kept.length !== sum) throw new Error(`${kept.length} rows came out, ${sum} were kept`);
  for (const { fate, code, fingerprint } of ledger) {
    if (fate === 'dropped' && !codes.has(code ?? '')) throw new Error(`a row was dropped with ${code}`);
    if (fate !== 'dropped' && !/^[0-9a-f]{64}$/.test(fingerprint ?? ''))
      throw new Error('a kept row has no fingerprint');
  }
}

interface Lines {
  lengths: number[];
  /** Whether columns count from the start of these lines. */
  columns: boolean;
}

// Where lines end in a carriage return alone (CSV of old Macs), columns run on through one inside a cell.
function linesOf(bytes: Buffer): Lines {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const columns = text.includes('\n') || !text.includes('\r');
  return { lengths: text.split(columns ? '\n' : '\r').map((line) => line.length), columns };
}

function checkFinding(finding: Finding, lines: Lines | null): void {
  const wrong = (why: string): Error => new Error(`${why}: ${JSON.stringify(finding)}`);
  const back = JSON.parse(JSON.stringify(finding)) as Finding;
  if (JSON.stringify(back) !== JSON.stringify(finding)) throw wrong('JSON changes it');
  if (!codes.has(finding.code)) throw wrong('no such code');
  const { at, fix } = finding;
  if (at?.pointer !== undefined && !/^(\/([^~]|~0|~1)*)*$/s.test(at.pointer)) throw wrong('no JSON pointer');
  if (at?.excerpt && (at.excerpt.column < 1 || at.excerpt.text.length > 200)) throw wrong('a bad excerpt');
  if (fix && !(fix.from >= 0 && fix.from <= fix.to)) throw wrong('a bad fix');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(renderFinding(finding, { color: false, columns: 80 })))
    throw wrong('a control character reaches the terminal');
  if (!lines || at?.line === undefined) return;
  const length = lines.lengths[at.line - 1];
  if (length === undefined) throw wrong(`the file has ${lines.lengths.length} lines`);
  if (lines.columns && at.column !== undefined && (at.column < 1 || at.column > length + 1))
    throw wrong(`the line has ${length} characters`);
}

// Remarks on the file come with the chunk they stand in, so only their order depends on the chunks.
function sorted(findings: readonly Finding[]): string[] {
  return findings.map((each) => JSON.stringify(each)).sort();
}

function summary({ result, findings, ledger, kept }: Scanned): string {
  return JSON.stringify({ result, findings: sorted(findings), ledger, kept });
}

// What a scan that nobody wants rows of can tell too; where rows leave by the split makes no difference to it.
function withoutRows({ result, findings }: Scanned): string {
  return JSON.stringify({
    files: result.files,
    ledger: result.ledger,
    errors: result.errors,
    findings: sorted(findings),
  });
}

function cut(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / chunkBytes);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes));
}

async function scanBare(bytes: Buffer): Promise<string> {
  const findings: Finding[] = [];
  const { files, ledger, errors } = await scanDataset(
    [{ path: '', label: 'file-0', stream: Readable.from(cut(bytes)), spill: spillToDisk }],
    {
      format: 'auto',
      onError: 'drop',
      duplicates: { exact: 'drop' },
      split: null,
      checks: everyCheck,
      fingerprints: false,
    },
    { onFinding: (finding) => void findings.push(finding) },
  );
  return JSON.stringify({ files, ledger, errors, findings: sorted(findings) });
}

function same(how: string, a: string, b: string): void {
  if (a === b) return;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  const near = (text: string): string => text.slice(Math.max(0, at - 200), at + 200);
  throw new Error(`read ${how} the answer is another:\n${near(a)}\n--- and\n${near(b)}`);
}
