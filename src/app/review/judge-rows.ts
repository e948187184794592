// Judges a set of rows by all reviews together: those of the files' own logs, and those of their parent files.
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DrawEntry, LogEntry } from '../../dataset/review/entries.ts';
import type { FingerprintIndex } from '../../dataset/review/fingerprint-index.ts';
import { editOf, foldLog } from '../../dataset/review/fold-log.ts';
import type { Judgement, ReviewRule } from '../../dataset/review/judge-review.ts';
import type { CheckSettings } from '../../dataset/scan/check-settings.ts';
import { decidingSettings } from '../sources/choose-checks.ts';
import { chooseDatasetChecks } from '../sources/dataset-checks.ts';
import { type ReadLog, readReviewLog, reviewLogPath } from '../sources/verdict-log.ts';
import { findOrigins, type NamedFile, type Origin, type Origins } from './find-origins.ts';
import { inheritedEntries } from './inherited-entries.ts';
import { judgeLoaded, type LoadedReview, loadReview } from './load-review.ts';
import { openPopulation, type Population, type ReviewedFiles } from './population.ts';

export interface RowsRequest {
  files: readonly NamedFile[];
  /** The rows in question, equal ones once. */
  rows: FingerprintIndex;
  rule: ReviewRule;
  /** The folder in which the user would type `lorch data review`, and the user's home. */
  cwd: string;
  /** Check settings that decided which rows there are, if a run config sets some; null for those beside the files. */
  checks: CheckSettings | null;
  onProgress?(rows: number): void;
}

export interface JudgedReview {
  /** The log's name for users. */
  log: string;
  sha256: string;
  /** The files that were reviewed together. */
  files: readonly NamedFile[];
  /** Whether these are parent files of the dataset and not the dataset itself. */
  inherited: boolean;
  /** Fingerprint of the version that was drawn from; without a draw, that of the current version. */
  dataset: string;
  judgement: Judgement;
  reviewers: string[];
  /** How many of the rows it covers. */
  rows: number;
}

export interface JudgedRows {
  reviews: JudgedReview[];
  /** Rows that no passed review covers. */
  uncovered: number;
  /** Every row is covered, and no review of them found too many defects. */
  open: boolean;
  lost: Origins['lost'];
}

/** Judges them. Throws UserError D197, V004, V005, and what reading the files throws. */
export async function judgeRows(request: RowsRequest): Promise<JudgedRows> {
  const { files, rows, rule } = request;
  const origins = await findOrigins(files);
  const covered = new Uint8Array(rows.rows);
  const reviews: JudgedReview[] = [];
  const heard = new Set<string>();
  let refuted = false;
  const own = files.map((file) => ({ ...file, byRule: false, inherited: false }));
  const older = origins.files.map((file) => ({ ...file, inherited: true }));
  for (const file of [...own, ...older]) {
    const log = await readReviewLog(reviewLogPath(file.path), reviewLogPath(file.label));
    // A finished review is copied to the new version, but still counts as one review.
    if (!log || (file.inherited && log.entries.every(({ id }) => heard.has(id)))) continue;
    for (const set of await fileSets(file, log.entries, [...files, ...older])) {
      const before = file.inherited ? [] : await inheritedEntries(set, origins.files);
      const judged = await judgeSet(request, set, file, log, before);
      if (!judged) continue;
      const { review, mine, current } = judged;
      reviews.push(review);
      if (current) for (const { id } of log.entries) heard.add(id);
      const { passed, read } = review.judgement;
      // Another draw elsewhere does not make up for one that found too many defects. Defects found in the parent files
      // count together with the dataset's own draw.
      if (!passed && read >= rule.minRows && !(file.inherited && mine.every((i) => covered[i] === 1)))
        refuted = true;
      if (passed) for (const i of mine) covered[i] = 1;
    }
  }
  const uncovered = rows.rows - covered.reduce((sum, each) => sum + each, 0);
  return { reviews, uncovered, open: uncovered === 0 && !refuted, lost: origins.lost };
}

type ReviewedSet = Pick<ReviewedFiles, 'files' | 'format'>;

/** The sets of files that a log's draws name, if they still exist. */
async function fileSets(
  file: NamedFile,
  entries: readonly LogEntry[],
  named: readonly NamedFile[],
): Promise<ReviewedSet[]> {
  const draws = new Map<string, DrawEntry>();
  for (const draw of foldLog(entries).draws) draws.set(JSON.stringify(draw.files ?? []), draw);
  const sets: ReviewedSet[] = [];
  for (const { files: others = [], format, formats = [] } of draws.values()) {
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
    const label = (path: string): string => named.find((each) => each.path === path)?.label ?? path;
    const all = [file, ...paths.map((path) => ({ path, label: label(path) }))];
    const own = (i: number) => (formats[i] == null ? {} : { format: formats[i] });
    sets.push({ files: all.map((each, i) => ({ ...each, ...own(i) })), format });
  }
  return sets;
}

interface JudgedSet {
  review: JudgedReview;
  /** The numbers of the rows in question that it covers. */
  mine: number[];
  /** Whether the current version of the files was drawn from. */
  current: boolean;
}

/** Judges one set of files for the rows in question that it has; null if it has none of them. */
async function judgeSet(
  request: RowsRequest,
  set: ReviewedSet,
  file: Pick<Origin, 'byRule'> & { inherited: boolean },
  log: ReadLog,
  before: readonly LogEntry[],
): Promise<JudgedSet | null> {
  const { cwd, checks, onProgress } = request;
  const usual = (await chooseDatasetChecks({ cwd, sources: set.files })).checks.settings;
  // Both draws of `lorch data review` count, with the run's config (--config) and without it; they share their verdicts.
  const settings = checks && !sameFates(usual, checks) ? [usual, checks] : [usual];
  let best: JudgedSet | null = null;
  for (const each of settings) {
    const population = await openPopulation({ ...set, checks: each, ...(onProgress && { onProgress }) });
    const loaded = loadReview(set, population, [...before, ...log.entries]);
    const judged = judgePopulation(request, set, file, log.sha256, population, loaded);
    if (judged && (!best || rank(judged) > rank(best))) best = judged;
  }
  return best;
}

// Prefer one that passes, then the one that covers more rows.
function rank({ review, mine, current }: JudgedSet): number {
  return (review.judgement.passed ? 2e12 : current ? 1e12 : 0) + mine.length;
}

function judgePopulation(
  { rows, rule }: RowsRequest,
  set: ReviewedSet,
  { byRule, inherited }: Pick<Origin, 'byRule'> & { inherited: boolean },
  sha256: string,
  population: Population,
  loaded: LoadedReview,
): JudgedSet | null {
  const edits = new Set([...loaded.state.rows.values()].flatMap((row) => editOf(row)?.fingerprint ?? []));
  const mine: number[] = [];
  let counted = 0;
  for (let i = 0; i < rows.rows; i += 1) {
    const row = rows.at(i);
    const reviewed = population.index.has(row) || edits.has(row);
    if (reviewed) counted += 1;
    // A row that repeats a row of the population counts as read if that row was read.
    if (reviewed || population.covers(row)) mine.push(i);
  }
  if (mine.length === 0) return null;
  const judgement = judgeLoaded(loaded, population, rule, {
    has: rows.has,
    rows: counted,
    // Rows that a person may have removed count like rows that a reviewer removes from the reviewed file itself.
    present: inherited && !byRule ? rows.has : population.index.has,
  });
  const review: JudgedReview = {
    log: reviewLogPath(set.files[0]?.label ?? ''),
    sha256,
    files: set.files,
    inherited,
    dataset: loaded.version?.draw.dataset ?? population.fingerprint,
    judgement,
    reviewers: loaded.state.reviewers,
    rows: mine.length,
  };
  return { review, mine, current: loaded.version !== null };
}

/** Whether both settings drop the same rows. */
export function sameFates(a: CheckSettings, b: CheckSettings): boolean {
  const key = (settings: CheckSettings): string =>
    JSON.stringify(Object.entries(decidingSettings(settings)).sort(([x], [y]) => (x < y ? -1 : 1)));
  return key(a) === key(b);
}
