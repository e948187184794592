// The review gate in a plan: its findings, and what it refuses at launch.
import type { DatasetSection } from '../../config/schema/dataset.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { PlannedReview } from '../../run/plan.ts';
import { percentText } from '../../run/review-sentence.ts';
import { askGate } from '../review/ask-gate.ts';
import type { ScannedConfig } from './scan-config.ts';

/** The command that asks the gate. */
export interface GateRequest {
  /** Path of the config; null if it came from stdin. */
  config: string | null;
  /** `--unreviewed`: why no person has reviewed the rows; null if not given. */
  reason: string | null;
  cwd: string;
  onProgress(rows: number): void;
}

/** Asks the gate for the rows of a plan's ledger, which were read from `sources`. */
export async function reviewOfPlan(
  request: GateRequest,
  { review, format }: DatasetSection,
  { sources, checks }: Pick<ScannedConfig, 'sources' | 'checks'>,
  ledger: string,
): Promise<PlannedReview> {
  return await askGate({
    files: sources.map(({ path, label }) => ({ path, label })),
    rule: { minRows: review.min_rows, maxDefectRate: review.max_defect_rate },
    ledger,
    checks,
    mapped: sources.some((source) => typeof (source.format ?? format) !== 'string'),
    ...request,
  });
}

/** A plan's findings on its review; none if a passed review covers it. */
export function reviewFindings(review: PlannedReview): Finding[] {
  if (review.state === 'passed') return [];
  if (review.state === 'unreviewed')
    return [
      {
        code: 'P008',
        name: 'not-reviewed',
        severity: 'note',
        message: 'no passed review covers the rows of this run',
        hint: 'the reason stays on the run',
      },
    ];
  const { code, name, message } = refusalOf(review);
  const hint = [...(review.gate?.lost ?? []), review.gate?.next].filter(Boolean).join('; ');
  return [{ code, name, severity: 'warning', message, ...(hint && { hint }) }];
}

const gateCodes = ['V020', 'V021', 'V022'];

/** The findings that prevent a launch: no passed review covers the rows, and no reason was given. */
export function gateRefusal(findings: readonly Finding[]): UserError | null {
  const shut = findings.find(({ code }) => gateCodes.includes(code));
  if (!shut) return null;
  return new UserError(shut.code, `not launched: ${shut.message}`, {
    hint: `${shut.hint ? `${shut.hint}\n        or ` : ''}say why no person needs to read them: --unreviewed "reason"`,
    exitCode: 1,
  });
}

/** A plan's findings, with those on its review recomputed. */
export function withReview(findings: readonly Finding[], review: PlannedReview): Finding[] {
  const others = findings.filter(({ code }) => code !== 'P008' && !gateCodes.includes(code));
  return [...others, ...reviewFindings(review)];
}

function refusalOf({ state, gate }: PlannedReview): { code: string; name: string; message: string } {
  if (state === 'missing' || !gate)
    return { code: 'V020', name: 'no-review', message: 'no person has reviewed the rows' };
  const rows = `${gate.rows_read} ${gate.rows_read === 1 ? 'row' : 'rows'} read`;
  const limit = percentText(gate.max_defect_rate);
  const failed = gate.logs.filter(({ passed }) => !passed);
  if (gate.uncovered_rows > 0 && (failed.length === 0 || gate.rows_read === 0))
    return {
      code: 'V022',
      name: 'rows-not-covered',
      message: `${gate.uncovered_rows} rows are in no reviewed version of the dataset (it changed, or a file has no review)`,
    };
  const bound = gate.bound === null ? '' : `, at most ${percentText(gate.bound)} of all are bad (95 %)`;
  const missing =
    gate.more_clean === null
      ? `the limit is ${limit}`
      : `${gate.more_clean} more clean ${gate.more_clean === 1 ? 'row meets' : 'rows meet'} the limit of ${limit}`;
  return {
    code: 'V021',
    name: 'review-not-passed',
    message: `${rows}, ${gate.defects} ${gate.defects === 1 ? 'defect' : 'defects'}${bound}; ${missing}`,
  };
}
