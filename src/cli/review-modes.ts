// What `lorch data review` does without keys: status, sheets, and the new version.
import { relative, resolve } from 'node:path';
import type { openReviewRequest } from '../app/review/review-request.ts';
import type { ReviewStatus } from '../app/review/review-status.ts';
import { reviewLogPath } from '../app/sources/verdict-log.ts';
import { quotePath } from '../diagnostics/quote-path.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { indexChangedReview } from './index-review.ts';
import { reviewCommand } from './review-next.ts';
import { formatCount } from './ui/format.ts';
import { printJson } from './ui/json.ts';
import { renderNext } from './ui/next.ts';
import { createProgress } from './ui/progress.ts';
import { say } from './ui/say.ts';
import { fitText } from './ui/wrap.ts';
import { withWorkspace } from './with-workspace.ts';

type Request = Awaited<ReturnType<typeof openReviewRequest>>;

/** Runs one mode; `flags` has the files that go with it. */
export async function runReviewMode(
  context: Context,
  request: Request,
  mode: 'status' | 'export' | 'import' | 'finish',
  flags: { json?: true; export?: string; import?: string; output?: string },
): Promise<void> {
  const { stdout, stderr, cwd } = context;
  const progress = createProgress(context, 'rows');
  const session = { ...request.session, onProgress: (rows: number) => progress.update(rows, null) };
  try {
    if (mode === 'status') {
      const { reviewStatus } = await import('../app/review/review-status.ts');
      const status = await reviewStatus(session, session.rule, cwd);
      progress.end();
      if (!status.open) context.exitCode = EXIT.findings;
      if (flags.json) return printJson(context, statusJson(status, session.rule.minRows));
      const { renderStatus } = await import('./ui/review-view.ts');
      stdout.write(fitText(renderStatus(status, stdout), stdout));
      const { stepByStatus } = await import('../app/review/next-step.ts');
      const { next, behind } = stepByStatus(status);
      const names = behind?.map(({ label }) => quotePath(label)).join(' ') ?? request.dataset;
      stderr.write(`next: ${reviewCommand(names, next)}\n`);
    } else if (mode === 'export') {
      const { exportReview } = await import('../app/review/export-review.ts');
      const out = flags.export ?? '';
      const rows = await exportReview(session, session.rows, resolve(cwd, out));
      progress.end();
      stderr.write(`${formatCount(rows)} rows: ${out}; fill in verdict and reason\n`);
      const command = `lorch data review ${request.dataset} --import ${quotePath(out)} --reviewer NAME`;
      stderr.write(renderNext([command], stderr));
    } else if (mode === 'import') {
      const { importReview } = await import('../app/review/import-review.ts');
      const label = flags.import ?? '';
      const imported = await importReview({ ...session, sheet: { path: resolve(cwd, label), label } });
      progress.end();
      await indexChangedReview(context, reviewLogPath(session.files[0]?.path ?? ''));
      if (flags.json) return printJson(context, { ...imported });
      const { taken, known, empty } = imported;
      stdout.write(
        `${formatCount(taken)} ${taken === 1 ? 'verdict' : 'verdicts'} by ${session.reviewer}${known > 0 ? `, ${known} known already` : ''}${empty > 0 ? `, ${empty} rows without one` : ''}\n`,
      );
      stderr.write(`next: lorch data review ${request.dataset} --status\n`);
    } else {
      const { finishReview } = await import('../app/review/finish-review.ts');
      const out = resolve(cwd, flags.output ?? '');
      const finished = await finishReview({ ...session, out });
      progress.end();
      const { files } = finished;
      await indexChangedReview(context, files.log);
      if (flags.json)
        return printJson(context, {
          ...finished,
          files: Object.fromEntries(Object.entries(files).map(([name, path]) => [name, relative(cwd, path)])),
        });
      const { renderFinished } = await import('./ui/review-view.ts');
      stdout.write(fitText(renderFinished(finished, flags.output ?? '', stdout), stdout));
      const { label, status } = await statusOfNew(session, { path: out, label: flags.output ?? '' }, cwd);
      if (status === null || status.open) {
        say(stderr, `next: name ${label} in dataset.train of your config, then lorch train CONFIG`);
        return;
      }
      const { renderJudgement } = await import('./ui/review-view.ts');
      stdout.write(
        `the launch gate stays closed, because the review has not passed\n${renderJudgement(status.judgement, status.limit, stdout)}`,
      );
      const { nextStep } = await import('../app/review/next-step.ts');
      stderr.write(renderNext([reviewCommand(label, nextStep(status.judgement, false))], stderr));
    }
  } finally {
    progress.end();
  }
}

/** Whether the launch gate opens for what was just written; null if it has no verdict. */
async function statusOfNew(
  session: Request['session'],
  file: { path: string; label: string },
  cwd: string,
): Promise<{ label: string; status: ReviewStatus | null }> {
  const { reviewStatus } = await import('../app/review/review-status.ts');
  const status = await reviewStatus({ ...session, files: [file] }, session.rule, cwd).catch((error) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  return { label: quotePath(file.label), status };
}

function statusJson(
  status: import('../app/review/review-status.ts').ReviewStatus,
  minRows: number,
): Record<string, unknown> {
  const { judgement, agreement, reviewers, disputes, checks } = status;
  const { mode, read, open, disputed, sample, pooled, bound, passed, moreClean } = judgement;
  return {
    rows: status.rows,
    fingerprint: status.fingerprint,
    reviewed_fingerprint: status.version,
    min_rows: minRows,
    max_defect_rate: status.limit,
    mode,
    rows_read: read,
    defects: sample.defects,
    skipped: open,
    disputed,
    sample,
    pooled,
    bound,
    passed,
    more_clean: moreClean,
    inherited: status.inherited.map((each) => ({
      log: each.log,
      rows: each.rows,
      rows_read: each.judgement.read,
      defects: each.judgement.sample.defects,
      bound: each.judgement.bound,
      passed: each.judgement.passed,
    })),
    uncovered_rows: status.uncovered,
    open: status.open,
    lost: status.lost,
    reviewers,
    agreement,
    disputes,
    checks,
  };
}

/** `--list`: what the workspace has on record of reviews. Throws UserError U100 outside one. */
export async function listWorkspaceReviews(context: Context, json: boolean): Promise<void> {
  const { listReviews } = await import('../store/reviews.ts');
  const reviews = await withWorkspace(context, async ({ store }) => listReviews(store));
  if (json)
    return printJson(context, {
      reviews: reviews.map(({ rowsRead, lastMs, ...each }) => ({
        ...each,
        rows_read: rowsRead,
        last_ms: lastMs,
      })),
    });
  const { renderReviews } = await import('./ui/review-view.ts');
  context.stdout.write(renderReviews(reviews, context.stdout, context.now()));
}
