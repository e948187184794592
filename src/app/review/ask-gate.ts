// The launch gate: checks that a passed review covers every row that trains or validates.
import { relative } from 'node:path';
import { createFingerprintIndex, type FingerprintIndex } from '../../dataset/review/fingerprint-index.ts';
import type { Judgement, ReviewRule } from '../../dataset/review/judge-review.ts';
import type { CheckSettings } from '../../dataset/scan/check-settings.ts';
import { notDrawn } from '../../dataset/weight.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import type { PlannedReview } from '../../run/plan.ts';
import { chooseDatasetChecks } from '../sources/dataset-checks.ts';
import { ledgerFates } from '../sources/read-ledger.ts';
import { lostSentence } from './find-origins.ts';
import { type JudgedReview, judgeRows, sameFates } from './judge-rows.ts';

export interface GateRequest {
  /** The dataset's files: absolute paths, and the names in the config. */
  files: readonly { path: string; label: string }[];
  rule: ReviewRule;
  /** The run's `ledger.jsonl.gz`. */
  ledger: string;
  /** `--unreviewed`, or null. */
  reason: string | null;
  /** Check settings that decided which rows the run has. */
  checks: CheckSettings;
  /** The run's config, absolute; null if it is not a file. */
  config: string | null;
  /** Whether the config maps the rows' fields, so that they cannot be read without it. */
  mapped: boolean;
  /** The folder in which the user will type the next command. */
  cwd: string;
  onProgress(rows: number): void;
}

/** Asks the gate. Throws UserError V004, V005 if a log cannot be read, and what reading the files throws. */
export async function askGate(request: GateRequest): Promise<PlannedReview> {
  const { files, rule, reason, cwd, checks, onProgress } = request;
  const rows = await trainedRows(request.ledger);
  const judged = await judgeRows({ files, rows, rule, cwd, checks, onProgress });
  const { reviews, open, uncovered, lost } = judged;
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
    ...(!open && lost.length > 0 && { lost: lost.map(lostSentence) }),
    next: open ? '' : await nextCommand(request, reviews, rows.rows),
  };
  return { state: found !== 'passed' && reason !== null ? 'unreviewed' : found, reason, gate };
}

async function nextCommand(
  { files, cwd, rule, checks, config, mapped }: GateRequest,
  reviews: readonly JudgedReview[],
  rows: number,
): Promise<string> {
  const [only] = reviews;
  const one = reviews.length === 1 && only ? only : null;
  const disputed = reviews.find(({ judgement }) => judgement.disputed > 0);
  // A review of the parent files continues there, if it can cover every row.
  const about = disputed ?? (one && one.rows === rows ? one : null);
  const names = (about?.inherited ? about.files : files)
    .map(({ path }) => quotePath(relative(cwd, path) || path))
    .join(' ');
  const usual = await chooseDatasetChecks({ cwd, sources: files });
  // The config's settings decide which rows can be drawn, and how they are read.
  const withConfig =
    config && (mapped || (checks && !sameFates(usual.checks.settings, checks)))
      ? ` --config ${quotePath(relative(cwd, config) || config)}`
      : '';
  if (disputed) return `lorch data review ${names} --settle${withConfig}`;
  const { judgement } = one ?? {};
  const wanted =
    judgement?.moreClean == null
      ? rule.minRows
      : Math.max(rule.minRows, judgement.read + judgement.open + judgement.moreClean);
  return `lorch data review ${names} --rows ${wanted}${withConfig}`;
}

/**
 * The rows of a ledger that train or validate, equal ones once. They include rows that only a weight skips, so that a
 * review covers the same rows for all weights, and a random draw by weight cannot open or close the gate.
 */
async function trainedRows(ledger: string): Promise<FingerprintIndex> {
  const index = createFingerprintIndex();
  for await (const { fate, fingerprint, code } of ledgerFates(ledger))
    if (fingerprint !== null && (fate !== 'dropped' || code === notDrawn)) index.add(fingerprint);
  return index;
}
