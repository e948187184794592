// `lorch data review --finish`: writes a new version of the dataset, without rejected rows and with the edits.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { createFingerprintSet } from '../../dataset/fingerprint.ts';
import { lineagePath } from '../../dataset/lineage.ts';
import type { LogEntry } from '../../dataset/review/entries.ts';
import { editOf, type ReviewState, reasonOf } from '../../dataset/review/fold-log.ts';
import type { ScanResult } from '../../dataset/scan/scan-types.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { createOpenFiles, openNewFile, publishAll } from '../files/new-file.ts';
import { type DatasetOutput, openDatasetOutput } from '../sources/dataset-output.ts';
import { type LedgerFile, ledgerPath, openLedgerFile } from '../sources/ledger-file.ts';
import { reviewLogPath } from '../sources/verdict-log.ts';
import { type LineageFacts, openLineageFile } from '../sources/write-lineage.ts';
import { loadReview } from './load-review.ts';
import { openPopulation, otherFiles, type ReviewedFiles, scanReviewed } from './population.ts';
import { disputesOf, type OpenedReview, openReview } from './review-status.ts';

export interface FinishRequest extends ReviewedFiles {
  /** Absolute; a name that ends in `.json` gets an array, `.jsonl` JSON lines. */
  out: string;
  tool: string;
  now(): number;
}

export interface Finished {
  rows_in: number;
  /** Rows of the new version, including edited ones. */
  kept: number;
  fixed: number;
  /** Removed rows by code; V040 are the rejected ones. */
  dropped: Record<string, number>;
  /** Of the new version. */
  fingerprint: string;
  /** What was written beside the dataset itself. */
  files: { ledger: string; lineage: string; log: string };
  /** Whether the review also covers the new version. */
  covered: boolean;
}

/** Ledger codes for rows that a reviewer rejected, and for rows that a reviewer edited. */
const rejectedCode = 'V040';
const editedCode = 'V041';

/** Writes the new version and overwrites no file. Throws UserError V008, V010, V011, D091, D095, D196. */
export async function finishReview(request: FinishRequest): Promise<Finished> {
  const { out } = request;
  if (!/\.jsonl?$/i.test(out))
    throw new UserError('V011', `${basename(out)} is neither .jsonl nor .json`, {
      hint: 'name it .jsonl, or .json for an array',
    });
  const opened = await openReview(request);
  refuseMixed(opened, request);
  refuseDisputes(opened, request);
  const files = { ledger: ledgerPath(out), lineage: lineagePath(out), log: reviewLogPath(out) };
  const open = createOpenFiles();
  try {
    const log = await open.add(openNewFile(files.log));
    const ledger = await open.add(openLedgerFile(files.ledger));
    const lineage = await open.add(openLineageFile(out));
    const data = await open.add(openDatasetOutput(out));
    const written = await writeVersion(request, opened.loaded.state, { data, ledger });
    const logText = copyLog(opened.entries, request);
    await log.write(logText);
    await lineage.record(data, lineageOf(request, opened, written, logText));
    await publishAll([log, ledger, lineage, data]);
    const { result, dropped, fixed } = written;
    const version = await openPopulation({
      files: [{ path: out, label: basename(out) }],
      format: oneFormat(request),
      ...(request.checks && { checks: request.checks }),
    });
    const now = loadReview({ files: [{ path: out, label: out }] }, version, readBack(logText));
    return {
      rows_in: result.rows,
      kept: written.kept,
      fixed,
      dropped,
      fingerprint: version.fingerprint,
      files,
      covered: now.version !== null,
    };
  } finally {
    await open.dispose();
  }
}

/** The format of the output file; `refuseMixed` has checked that all rows have it. */
function oneFormat({ files, format }: ReviewedFiles): ReviewedFiles['format'] {
  return files[0]?.format ?? format;
}

/** Refuses rows of several formats: rows keep their text, and a file is read as one format. Throws UserError D196. */
function refuseMixed({ population }: OpenedReview, { files, format }: ReviewedFiles): void {
  const wanted = new Set(files.map((file) => JSON.stringify(file.format ?? format)));
  const found = new Set(population.formats.values());
  if (wanted.size < 2 && found.size < 2) return;
  const each = [...population.formats].map(([label, name]) => `${label}: ${name}`).join(', ');
  throw new UserError('D196', `the files have different formats (${each}), and finish writes one file`, {
    hint: 'review and finish each file by itself',
    exitCode: 2,
  });
}

function refuseDisputes({ loaded, population }: OpenedReview, { files }: ReviewedFiles): void {
  const open = disputesOf(loaded.state).filter(({ row }) => population.index.has(row));
  if (open.length === 0) return;
  throw new UserError(
    'V010',
    `${open.length} disputed ${open.length === 1 ? 'row is' : 'rows are'} not settled`,
    {
      hint: `lorch data review ${files.map(({ label }) => quotePath(label)).join(' ')} --settle`,
      exitCode: 1,
    },
  );
}

interface Written {
  result: ScanResult;
  kept: number;
  fixed: number;
  dropped: Record<string, number>;
  fingerprint: string;
}

async function writeVersion(
  request: FinishRequest,
  { rows }: ReviewState,
  { data, ledger }: { data: DatasetOutput; ledger: LedgerFile },
): Promise<Written> {
  const fingerprints = createFingerprintSet();
  const dropped: Record<string, number> = {};
  let [kept, fixed] = [0, 0];
  const drop = (code: string): void => {
    dropped[code] = (dropped[code] ?? 0) + 1;
  };
  const result = await scanReviewed(request, {
    onLedger(entry) {
      const review = entry.fingerprint === null ? undefined : rows.get(entry.fingerprint);
      const { row, file, line, fingerprint } = entry;
      const at = { row, file, line, fingerprint };
      if (entry.fate === 'dropped') {
        drop(entry.code ?? '');
        return ledger.add(entry);
      }
      if (review?.decision === 'reject') {
        drop(rejectedCode);
        const why = { code: rejectedCode, reason: reasonOf(review) ?? undefined };
        return ledger.add({ ...at, fate: 'dropped', ...why });
      }
      kept += 1;
      const edit = review && editOf(review);
      if (edit) fixed += 1;
      fingerprints.add(Buffer.from(edit ? edit.fingerprint : (fingerprint ?? ''), 'hex').toString('latin1'));
      if (!edit) return ledger.add({ ...at, fate: 'kept' });
      return ledger.add({ ...at, fate: 'fixed', code: editedCode, to: edit.fingerprint });
    },
    onExample(_split, { fingerprint, text }) {
      const review = rows.get(fingerprint);
      if (review?.decision === 'reject') return;
      return data.add((review && editOf(review)?.text) ?? text);
    },
  });
  const sum = kept + Object.values(dropped).reduce((all, n) => all + n, 0);
  if (sum !== result.rows) throw new Error(`the ledger has ${sum} fates for ${result.rows} rows`);
  return { result, kept, fixed, dropped, fingerprint: fingerprints.digest() };
}

/** The log continues beside the new version, which is always one file. */
function copyLog(entries: readonly LogEntry[], reviewed: ReviewedFiles): string {
  const others = JSON.stringify(otherFiles(reviewed));
  return entries
    .flatMap((entry): LogEntry[] => {
      if (entry.type !== 'draw') return [entry];
      const { files, formats = [], ...draw } = entry;
      return JSON.stringify(files ?? []) === others ? [{ ...draw, format: formats[0] ?? draw.format }] : [];
    })
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('');
}

function readBack(text: string): LogEntry[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogEntry]));
}

/** The origin of the new version, in a form that can be verified later. */
function lineageOf(
  request: FinishRequest,
  { population, loaded }: OpenedReview,
  { result, kept, fixed, dropped, fingerprint }: Written,
  logText: string,
): LineageFacts {
  const here = [...loaded.state.rows.values()].filter(({ row }) => population.index.has(row));
  return {
    madeBy: {
      command: 'data review --finish',
      version: request.tool.replace(/^lorch /, ''),
      atMs: request.now(),
    },
    options: {},
    sources: request.files,
    files: result.files,
    rows: kept,
    fingerprint,
    ledger: { rows_in: result.rows, kept, fixed, dropped },
    review: {
      parent_fingerprint: population.fingerprint,
      reviewed_fingerprint: loaded.version?.draw.dataset ?? null,
      removed: here.flatMap((review) =>
        review.decision === 'reject' ? [{ fingerprint: review.row, reason: reasonOf(review) }] : [],
      ),
      edited: here.flatMap((review) => {
        const edit = editOf(review);
        return edit ? [{ from: review.row, to: edit.fingerprint }] : [];
      }),
      log_sha256: createHash('sha256').update(logText).digest('hex'),
    },
  };
}
