// Runs the same plan as a new run. Nothing is checked or tokenised again, except for the review gate.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CheckSettings } from '../../dataset/scan/check-settings.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { runPaths } from '../../run/layout.ts';
import { requireRunText } from '../../run/run-file.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { requireTrust, trustCode } from '../../supervise/trusted-code.ts';
import { requirePlan } from '../files/require-plan.ts';
import { gateRefusal, withReview } from '../plan/plan-review.ts';
import { askGate } from '../review/ask-gate.ts';
import { createRun } from './create-run.ts';

/** The options of a rerun. */
export interface RerunRequest {
  /** Id, prefix, name or @last. */
  ref: string;
  /** `--unreviewed`; null to use the first run's. */
  unreviewed: string | null;
  /** `--trust-remote-code` */
  trustCode: boolean;
  /** Dataset paths are relative to it. */
  root: string;
  cwd: string;
}

/** Makes a queued run with the plan, rows and config of another; returns its id. Throws UserError R133 if its base model may not execute code, V020–V022 if the gate is closed. */
export async function rerun(
  deps: SuperviseDeps,
  { ref, unreviewed, trustCode: trusted, root, cwd }: RerunRequest,
): Promise<string> {
  const from = runPaths(join(deps.runsDir, resolveRun(deps.store, ref)));
  const plan = await requirePlan(from.dir);
  if (trusted) trustCode(deps.env, from.dir, plan);
  requireTrust(deps.env, from.dir, plan);
  if (!(await stat(from.data).catch(() => null))?.isDirectory())
    throw new UserError('R155', `run ${ref} has lost its prepared rows (${from.data})`, {
      hint: 'train from its config instead: lorch train CONFIG',
      exitCode: 1,
    });
  const { min_rows = 50, max_defect_rate = 0.1 } = plan.review.gate ?? {};
  const review = await askGate({
    files: plan.dataset.files.map(({ path }) => ({ path: resolve(root, path), label: path })),
    rule: { minRows: min_rows, maxDefectRate: max_defect_rate },
    ledger: from.ledger,
    checks: (plan.dataset.checks ?? {}) as CheckSettings,
    config: from.config,
    mapped: (plan.dataset.sources ?? []).some(({ format }) => format === 'custom'),
    reason: unreviewed ?? plan.review.reason,
    cwd,
    onProgress: () => undefined,
  });
  const findings = withReview(plan.findings, review);
  const refusal = gateRefusal(findings);
  if (refusal) throw refusal;
  return await createRun(deps, {
    plan: { ...plan, created_ms: deps.now(), review, findings },
    configYaml: requireRunText(from.config),
    ledger: from.ledger,
    prepared: from.data,
  });
}
