// `lorch data review --import`: turns a filled sheet into verdicts, all of its lines or none.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  logVersion,
  type RejectReason,
  rejectReasons,
  type VerdictEntry,
} from '../../dataset/review/entries.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { systemReason } from '../../diagnostics/system-error.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { openReviewLog, reviewLogPath } from '../sources/verdict-log.ts';
import { drawEntry } from './draw-entry.ts';
import { judgeEdit } from './edit-row.ts';
import { sheetKind } from './export-review.ts';
import { fetchRows, type ReviewRow } from './fetch-rows.ts';
import { inheritedEntries } from './inherited-entries.ts';
import { loadReview, orderOf } from './load-review.ts';
import { openPopulation, type Population, type ReviewedFiles } from './population.ts';
import { type FilledRow, readSheet } from './review-sheet.ts';

export interface ImportRequest extends ReviewedFiles {
  /** Absolute path of the filled sheet, and its name for users. */
  sheet: { path: string; label: string };
  reviewer: string;
  tool: string;
  now(): number;
}

export interface Imported {
  /** New verdicts. */
  taken: number;
  /** Lines without a verdict. */
  empty: number;
  /** Lines that repeat an earlier verdict of this reviewer. */
  known: number;
}

type Said = Pick<VerdictEntry, 'verdict' | 'reason' | 'note' | 'edit'>;

/** Imports. Throws UserError V007 with every bad line, V003–V005, V009. */
export async function importReview(request: ImportRequest): Promise<Imported> {
  const { sheet, reviewer } = request;
  const { text, sha256 } = await readText(sheet.path, sheet.label);
  const lines = parseLines(text, sheet);
  const population = await openPopulation(request);
  const problems: Finding[] = [];
  const wrong = (line: number, message: string): void => {
    const at = { file: sheet.label, line };
    problems.push({ code: 'V007', name: 'import-refused', severity: 'error', message, at });
  };
  const named = lines.filter(({ line, cells }) => checkName(line, cells.row ?? '', population, wrong));
  const rows = await fetchRows(
    request,
    population,
    named.map(({ cells }) => population.index.find(cells.row ?? '')),
  );
  const seen = new Map<string, number>();
  const said: { row: ReviewRow; said: Said }[] = [];
  let empty = 0;
  for (const filled of named) {
    const row = rows.get(filled.cells.row ?? '');
    if (!row) continue;
    const before = seen.get(row.fingerprint);
    if (before !== undefined) wrong(filled.line, `the row is already in line ${before}`);
    seen.set(row.fingerprint, filled.line);
    const verdict = readVerdict(filled, row, request, population, wrong);
    if (verdict === 'empty') empty += 1;
    else if (verdict !== null) said.push({ row, said: verdict });
  }
  if (problems.length > 0)
    throw new UserError(
      'V007',
      `${sheet.label}: ${problems.length} bad ${problems.length === 1 ? 'line' : 'lines'}; nothing was imported`,
      {
        findings: problems,
        hint: 'fix the lines and import the file again',
        exitCode: 1,
      },
    );
  const [first] = request.files;
  const log = await openReviewLog(reviewLogPath(first?.path ?? ''), request);
  try {
    const { state, version } = loadReview(request, population, [
      ...(await inheritedEntries(request)),
      ...log.entries,
    ]);
    const dataset = version?.draw.dataset ?? population.fingerprint;
    const list = version?.list ?? population.index;
    const order = new Map(orderOf(dataset, list, lines.length).map((row, i) => [row, i]));
    const batch = log.stamp();
    const fresh = said.filter(({ row, said: each }) => {
      const known = state.rows.get(row.fingerprint)?.verdicts.get(reviewer);
      return !(known && same(known, each));
    });
    const drawn = log.entries.some((entry) => entry.type === 'draw' && entry.dataset === dataset);
    // All of its verdicts may already be known from another version.
    if (!drawn && said.length > 0) log.append(version?.draw ?? drawEntry(log.stamp(), request, population));
    if (fresh.length > 0)
      log.append(
        { v: logVersion, ...batch, type: 'import', file: basename(sheet.path), sha256, rows: fresh.length },
        ...fresh.map(
          ({ row, said: each }): VerdictEntry => ({
            v: logVersion,
            ...log.stamp(),
            type: 'verdict',
            dataset,
            row: row.fingerprint,
            ...each,
            position: order.get(row.fingerprint) ?? null,
            codes: [...new Set(row.findings.map(({ code }) => code))].sort(),
            import: batch.id,
          }),
        ),
      );
    return { taken: fresh.length, empty, known: said.length - fresh.length };
  } finally {
    log.close();
  }
}

function same(known: VerdictEntry, { verdict, reason, edit }: Said): boolean {
  return (
    known.verdict === verdict && known.reason === reason && known.edit?.fingerprint === edit?.fingerprint
  );
}

async function readText(path: string, label: string): Promise<{ text: string; sha256: string }> {
  try {
    const bytes = await readFile(path);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    const encoding = error instanceof TypeError;
    throw new UserError(
      'V007',
      encoding ? `${label} is not UTF-8` : `${label} cannot be read: ${systemReason(error)}`,
      {
        hint: encoding ? 'save it as “CSV UTF-8”' : 'name the filled sheet',
        cause: error,
      },
    );
  }
}

function parseLines(text: string, sheet: ImportRequest['sheet']): FilledRow[] {
  const kind = sheetKind(sheet.path);
  let lines: FilledRow[];
  try {
    lines = readSheet(text, kind);
  } catch (error) {
    throw new UserError('V007', `${sheet.label}: ${(error as Error).message}`, {
      hint: 'it must be the file that --export wrote, with the verdicts filled in',
      exitCode: 1,
      cause: error,
    });
  }
  if (
    lines.length === 0 ||
    lines.every(({ cells }) => cells.row === undefined || cells.verdict === undefined)
  )
    throw new UserError('V007', `${sheet.label} has no columns “row” and “verdict”`, {
      hint: 'it must be the file that --export wrote, with the verdicts filled in',
      exitCode: 1,
    });
  return lines;
}

function checkName(
  line: number,
  row: string,
  { index }: Population,
  wrong: (line: number, message: string) => void,
): boolean {
  if (!/^[0-9a-f]{64}$/.test(row))
    wrong(line, `${JSON.stringify(row.slice(0, 80))} is not a row fingerprint`);
  else if (!index.has(row)) wrong(line, 'the dataset has no such row (any more)');
  else return true;
  return false;
}

/** The verdict of one line; null if the line is wrong, which has then been reported. */
function readVerdict(
  { line, cells }: FilledRow,
  row: ReviewRow,
  reviewed: ReviewedFiles,
  population: Population,
  wrong: (line: number, message: string) => void,
): Said | 'empty' | null {
  const [verdict, reason, note, edit] = ['verdict', 'reason', 'note', 'edit'].map((key) =>
    (cells[key] ?? '').trim(),
  );
  const word = (verdict ?? '').toLowerCase();
  const why = (reason ?? '').toLowerCase().replaceAll(' ', '-');
  const notes = note ? { note } : {};
  const refuse = (message: string): null => {
    wrong(line, message);
    return null;
  };
  if (word === '')
    return why === '' && !edit ? 'empty' : refuse('there is a reason or an edit, but no verdict');
  if (!['accept', 'reject', 'edit', 'skip'].includes(word))
    return refuse(`${JSON.stringify(verdict)} is not a verdict: use accept, reject, edit or skip`);
  if (word !== 'reject' && why !== '') return refuse(`only a rejected row has a reason`);
  if (word !== 'edit' && edit) return refuse(`there is an edit, but the verdict is ${word}`);
  if (word === 'reject') {
    if (!(rejectReasons as readonly string[]).includes(why))
      return refuse(`a rejected row needs a reason: ${rejectReasons.join(', ')}`);
    return { verdict: 'reject', reason: why as RejectReason, ...notes };
  }
  if (word !== 'edit') return { verdict: word as 'accept' | 'skip', ...notes };
  const edited = judgeEdit(reviewed, population, row, edit ?? '');
  if (edited.outcome === 'unchanged') return refuse('the edit changes nothing');
  if (edited.outcome === 'refused')
    return refuse([edited.message, ...edited.findings.map(({ message }) => message)].join(': '));
  return { verdict: 'edit', edit: { text: edited.text, fingerprint: edited.fingerprint }, ...notes };
}
