// The launch gate: whether a passed review covers every row that is to train or validate.
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { DrawEntry, LogEntry } from '../../dataset/review/entries.ts';
import { createFingerprintIndex, type FingerprintIndex } from '../../dataset/review/fingerprint-index.ts';
import { foldLog } from '../../dataset/review/fold-log.ts';
import type { Judgement, ReviewRule } from '../../dataset/review/judge-review.ts';
import type { PlannedReview } from '../../run/plan.ts';
import { chooseDatasetChecks } from '../dataset-checks.ts';
import { judgeLoaded, loadReview } from './load-review.ts';
import { openPopulation, type ReviewedFiles } from './population.ts';
import { readReviewLog, reviewLogPath } from './verdict-log.ts';

export interface GateRequest {
  /** The dataset's files, absolute and as the config names them. */
  files: readonly { path: string; label: string }[];
  rule: ReviewRule;
  /** The run's `ledger.jsonl.gz`. */
  ledger: string;
  /** `--unreviewed`, or null. */
  reason: string | null;
  /** Where the next command will be typed. */
  cwd: string;
  onProgress(rows: number): void;
}

interface JudgedReview {
  log: string;
  sha256: string;
  dataset: string;
  judgement: Judgement;
  disputed: boolean;
  reviewers: string[];
}

/** Asks the gate. Throws UserError V004, V005 where a log cannot be read, and what reading the files throws. */
export async function askGate(request: GateRequest): Promise<PlannedReview> {
  const { rule, reason } = request;
  const trained = await trainedRows(request.ledger);
  const covered = new Uint8Array(trained.rows);
  const reviews: JudgedReview[] = [];
  for (const file of request.files) {
    const log = await readReviewLog(reviewLogPath(file.path), reviewLogPath(file.label));
    if (!log) continue;
    for (const reviewed of await fileSets(file, log.entries, request)) {
      const judged = await judgeSet(reviewed, log, rule, trained, covered, request.onProgress);
      if (judged) reviews.push(judged);
    }
  }
  const uncovered = trained.rows - covered.reduce((sum, each) => sum + each, 0);
  // Another draw elsewhere does not make up for one that found too much.
  const refuted = reviews.some(({ judgement }) => !judgement.passed && judgement.read >= rule.minRows);
  const open = uncovered === 0 && !refuted;
  const counting = reviews.filter(({ judgement }) => judgement.passed === open || reviews.length === 1);
  const found = reviews.length === 0 ? 'missing' : open ? 'passed' : 'failed';
  const sum = (of: (judgement: Judgement) => number): number =>
    counting.reduce((all, { judgement }) => all + of(judgement), 0);
  const more = counting.map(({ judgement }) => judgement.moreClean);
  const gate: NonNullable<PlannedReview['gate']> = {
    min_rows: rule.minRows,
    max_defect_rate: rule.maxDefectRate,
    rows_read: sum(({ read }) => read),
    defects: sum(({ sample }) => sample.defects),
    bound: counting.length === 0 ? null : Math.max(...counting.map(({ judgement }) => judgement.bound)),
    reviewers: [...new Set(counting.flatMap((each) => each.reviewers))].sort(),
    uncovered_rows: uncovered,
    more_clean:
      reviews.length === 0
        ? rule.minRows
        : more.includes(null)
          ? null
          : more.reduce((all: number, each) => all + (each ?? 0), 0),
    logs: reviews.map(({ log, sha256, dataset, judgement }) => ({
      path: log,
      sha256,
      dataset,
      rows_read: judgement.read,
      defects: judgement.sample.defects,
      bound: judgement.bound,
      passed: judgement.passed,
    })),
    next: open ? '' : nextCommand(request, reviews),
  };
  return { state: found !== 'passed' && reason !== null ? 'unreviewed' : found, reason, gate };
}

/** The sets of files that a log's draws speak of, as far as they are still there. */
async function fileSets(
  file: { path: string; label: string },
  entries: readonly LogEntry[],
  { files, cwd }: GateRequest,
): Promise<ReviewedFiles[]> {
  const draws = new Map<string, DrawEntry>();
  for (const draw of foldLog(entries).draws) draws.set(JSON.stringify(draw.files ?? []), draw);
  const sets: ReviewedFiles[] = [];
  for (const { files: others = [], format } of draws.values()) {
    const paths = others.map((other) => resolve(dirname(file.path), other));
    const there = await Promise.all(
      [file.path, ...paths].map((path) =>
        access(path).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!there.every(Boolean)) continue;
    const label = (path: string): string => files.find((each) => each.path === path)?.label ?? path;
    const set = [file, ...paths.map((path) => ({ path, label: label(path) }))];
    // The settings that `lorch data review` reads them with.
    const { checks } = await chooseDatasetChecks({ cwd, sources: set });
    sets.push({ files: set, format, checks: checks.settings });
  }
  return sets;
}

/** Judges one set of files; where its review passes, marks the rows it covers. Null where the files of now were never drawn from. */
async function judgeSet(
  reviewed: ReviewedFiles,
  { entries, sha256 }: { entries: readonly LogEntry[]; sha256: string },
  rule: ReviewRule,
  trained: FingerprintIndex,
  covered: Uint8Array,
  onProgress: (rows: number) => void,
): Promise<JudgedReview | null> {
  const population = await openPopulation({ ...reviewed, onProgress });
  const loaded = loadReview(reviewed, population, entries);
  const mine: number[] = [];
  for (let i = 0; i < trained.rows; i += 1) if (population.covers(trained.at(i))) mine.push(i);
  if (mine.length === 0) return null;
  // A row that repeats one of the population was read when that one was.
  const rows = mine.filter((i) => population.index.has(trained.at(i))).length;
  const judgement = judgeLoaded(loaded, population, rule, { has: trained.has, rows });
  if (judgement.passed) for (const i of mine) covered[i] = 1;
  return {
    log: reviewLogPath(reviewed.files[0]?.label ?? ''),
    sha256,
    dataset: loaded.version?.draw.dataset ?? population.fingerprint,
    judgement,
    disputed: judgement.disputed > 0,
    reviewers: loaded.state.reviewers,
  };
}

function nextCommand({ files, cwd, rule }: GateRequest, reviews: readonly JudgedReview[]): string {
  const names = files.map(({ path }) => quote(relative(cwd, path) || path)).join(' ');
  if (reviews.some(({ disputed }) => disputed)) return `lorch data review ${names} --settle`;
  const [only] = reviews;
  const judgement = reviews.length === 1 && only ? only.judgement : null;
  const rows =
    judgement?.moreClean == null
      ? rule.minRows
      : Math.max(rule.minRows, judgement.read + judgement.open + judgement.moreClean);
  return `lorch data review ${names} --rows ${rows}`;
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** The rows of a ledger that train or validate, equal ones once. */
async function trainedRows(ledger: string): Promise<FingerprintIndex> {
  const index = createFingerprintIndex();
  const file = createReadStream(ledger);
  const input = file.pipe(createGunzip());
  // pipe() passes no errors on.
  file.on('error', (error) => input.destroy(error));
  const lines = createInterface({ input });
  for await (const line of lines) {
    const { fate, fingerprint } = JSON.parse(line) as { fate: string; fingerprint: string | null };
    if (fingerprint !== null && fate !== 'dropped') index.add(fingerprint);
  }
  return index;
}
