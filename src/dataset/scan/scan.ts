// The one pass over a dataset: read, tell the format, parse, check, drop duplicates, split, and account for every row.
import type { Finding } from '../../diagnostics/finding.ts';
import { checks } from '../checks/index.ts';
import { createLedger } from '../ledger.ts';
import { createAcrossRows } from './across-rows.ts';
import { resolveSettings } from './check-settings.ts';
import { createFates } from './fates.ts';
import { scanFile } from './scan-file.ts';
import type { DataSource, FoundRow, ScannedFile, ScanOptions, ScanResult, ScanSink } from './scan-types.ts';

/**
 * Scans the sources in order; each is read once, in memory that does not grow with it (but for some 80 bytes a row).
 * If validation has sources of its own, list them first: of two equal rows the one read first stays.
 */
export async function scanDataset(
  sources: readonly DataSource[],
  options: ScanOptions,
  sink: ScanSink = {},
): Promise<ScanResult> {
  const settings = resolveSettings(options.checks);
  const ledger = createLedger();
  const counts = new Map<string, number>();
  const errors = { rows: 0, files: 0 };
  const wait = createBackpressure();

  const emit = (finding: Finding, row: FoundRow | null): void => {
    counts.set(finding.code, (counts.get(finding.code) ?? 0) + 1);
    if (finding.severity === 'error') errors[row ? 'rows' : 'files'] += 1;
    wait.for(sink.onFinding?.(row ? { ...finding, row: row.row } : finding, row));
  };

  const fates = createFates(options, sink, ledger, wait.for);
  const across = createAcrossRows(settings);
  const files: ScannedFile[] = [];
  const reasons: { name: string; why: string; confidence: number }[] = [];
  let rows = 0;
  let bytesBefore = 0;
  for (const source of sources) {
    const scanned = await scanFile(source, options, {
      settings,
      emit,
      fates,
      across,
      fingerprints: fates.fingerprints !== null,
      // Regions give no examples.
      regions: sink.onExample === undefined,
      pool: options.pool ?? null,
      ledger,
      firstRow: rows,
      settled: wait.settled,
      progress: (fileRows, bytes) => sink.onProgress?.(rows + fileRows, bytesBefore + bytes),
    });
    files.push(scanned.file);
    reasons.push(scanned.decision);
    rows += scanned.file.rows;
    bytesBefore += scanned.file.bytes;
  }
  fates.end();
  across.end(fates.places, (finding, { row, line, column }) =>
    emit(finding, { row, line, column, text: null, fingerprint: null }),
  );
  await wait.settled();
  const { train, validation, ...totals } = ledger.totals();
  const digest = (of: 'train' | 'validation' | 'all'): string | null =>
    fates.fingerprints?.[of].digest() ?? null;
  return {
    format: joinFormats(files, reasons),
    rows,
    files,
    ledger: totals,
    train: { rows: train, fingerprint: digest('train') },
    validation: { rows: validation, fingerprint: digest('validation') },
    fingerprint: digest('all'),
    findingsByCode: Object.fromEntries(
      checks.flatMap(({ code }) => (counts.has(code) ? [[code, counts.get(code) ?? 0]] : [])),
    ),
    errors,
    refused: errors.files > 0 || (options.onError === 'refuse' && errors.rows > 0),
  };
}

function joinFormats(
  files: readonly ScannedFile[],
  decisions: readonly { name: string; why: string; confidence: number }[],
): ScanResult['format'] {
  const [first] = decisions;
  if (!first) return { name: 'unknown', why: 'no file was given', confidence: 0 };
  if (decisions.every(({ name }) => name === first.name)) {
    const least = decisions.reduce((a, b) => (b.confidence < a.confidence ? b : a));
    return decisions.length === 1
      ? first
      : { ...least, why: `in each of ${files.length} files; at least ${least.why}` };
  }
  return {
    name: decisions.some(({ name }) => name === 'unknown') ? 'unknown' : 'mixed',
    why: files.map(({ path, format }) => `${path}: ${format}`).join(', '),
    confidence: Math.min(...decisions.map(({ confidence }) => confidence)),
  };
}

// A sink may be slow: its promises are collected, and the scan goes on when they are settled.
function createBackpressure(): { for(result: void | Promise<void>): void; settled(): Promise<void> } {
  let pending: Promise<void>[] = [];
  return {
    for(result) {
      if (result !== undefined) pending.push(result);
    },
    async settled() {
      while (pending.length > 0) {
        const waiting = pending;
        pending = [];
        await Promise.all(waiting);
      }
    },
  };
}
