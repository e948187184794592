// `lorch data review` on a terminal: the session, background work for its panes, and the final summary.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { editableText } from '../app/review/edit-row.ts';
import type { ReviewRow } from '../app/review/fetch-rows.ts';
import { findNearest } from '../app/review/find-nearest.ts';
import { type ModelRequest, type ModelView, viewAsModel } from '../app/review/model-view.ts';
import { nextStep, stepAfterFindings } from '../app/review/next-step.ts';
import { openSession, type SessionRequest } from '../app/review/review-session.ts';
import { wouldChange } from '../app/review/review-status.ts';
import type { NearRow } from '../dataset/review/nearest.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { Context } from './context.ts';
import { indexChangedReview } from './index-review.ts';
import { openEditor } from './open-editor.ts';
import { runReview } from './review-loop.ts';
import { reviewCommand } from './review-next.ts';
import { createProgress } from './ui/progress.ts';
import type { Later } from './ui/review-panes.ts';
import { renderJudgement } from './ui/review-view.ts';
import { fitText } from './ui/wrap.ts';

export interface TerminalReview {
  session: SessionRequest;
  /** Null if no model was named. */
  model: ModelRequest | null;
  /** What to type if there is no terminal. */
  dataset: string;
}

/** Runs a review until its reviewer leaves. Throws UserError V001 if there is no terminal. */
export async function reviewInTerminal(
  context: Context,
  { session: request, model, dataset }: TerminalReview,
): Promise<void> {
  if (!context.stdin.isTTY || !context.stderr.isTTY) throw noTerminal(dataset);
  const progress = createProgress(context, 'rows');
  let opened = false;
  const session = await openSession({
    ...request,
    onProgress: (rows) => {
      if (!opened) progress.update(rows, null);
    },
  }).finally(() => {
    opened = true;
    progress.end();
  });
  const terminal = await context.openTerminal();
  if (!terminal) throw noTerminal(dataset);
  const near = createBackground<readonly NearRow[]>(terminal.wake, (rows, stopped) =>
    findNearest(request, rows, stopped),
  );
  const views = createBackground<ModelView>(terminal.wake, (rows) =>
    model === null ? Promise.resolve(null) : viewAsModel(model, rows),
  );
  // Cached, because it is needed at every key press and a long row takes time to lay out.
  const laidOut = new WeakMap<ReviewRow, string>();
  const jsonOf = (row: ReviewRow): string => {
    const json = laidOut.get(row) ?? editableText(row.text);
    laidOut.set(row, json);
    return json;
  };
  const off: Later<ModelView | undefined> = {
    state: 'off',
    why: 'To see what the model will see, name it: --config CONFIG, or --tokenizer MODEL.',
  };
  try {
    near.look(session.loaded());
    if (model) views.look(session.loaded());
    await runReview({
      session,
      terminal,
      limit: request.rule.maxDefectRate,
      reviewer: request.reviewer,
      now: context.now,
      extras: (row) => ({
        json: jsonOf(row),
        near: near.of(row.fingerprint),
        model: model ? views.of(row.fingerprint) : off,
        maxLength: model?.maxLength ?? null,
      }),
      editText: (text) => editText(text, context.env),
      rowsChanged: () => {
        near.look(session.loaded());
        if (model) views.look(session.loaded());
      },
    });
  } finally {
    near.stop();
    views.stop();
    terminal.close();
    session.close();
  }
  await indexChangedReview(context, session.logPath);
  // Print the summary on the normal screen.
  const judgement = session.judgement();
  const { maxDefectRate } = request.rule;
  context.stdout.write(fitText(renderJudgement(judgement, maxDefectRate, context.stdout), context.stdout));
  const changed = wouldChange(session.state, session.population);
  const step = session.what === 'findings' ? stepAfterFindings : nextStep;
  context.stderr.write(`next: ${reviewCommand(dataset, step(judgement, changed))}\n`);
}

function noTerminal(dataset: string): UserError {
  return new UserError('V001', 'an interactive review needs a terminal', {
    hint: `without one: lorch data review ${dataset} --export rows.csv, fill in the verdicts, then --import rows.csv`,
  });
}

/** Answers about rows, made one batch after another while the reviewer reads. */
function createBackground<T>(
  wake: () => void,
  make: (rows: readonly ReviewRow[], stopped: () => boolean) => Promise<Map<string, T> | null>,
) {
  const known = new Map<string, T | undefined>();
  let failed: string | null = null;
  let working: Promise<void> | null = null;
  let stopped = false;
  return {
    /** Requests these rows. */
    look(rows: readonly ReviewRow[]): void {
      const missing = rows.filter(({ fingerprint }) => !known.has(fingerprint));
      if (missing.length === 0 || working || stopped || failed !== null) return;
      working = make(missing, () => stopped)
        .then((found) => {
          for (const { fingerprint } of missing) known.set(fingerprint, found?.get(fingerprint));
        })
        .catch((error: unknown) => {
          failed = describe(error);
        })
        .finally(() => {
          working = null;
          wake();
        });
    },
    of(fingerprint: string): Later<T | undefined> {
      if (known.has(fingerprint)) return { state: 'ready', value: known.get(fingerprint) };
      return failed === null ? { state: 'working' } : { state: 'failed', why: failed };
    },
    stop(): void {
      stopped = true;
    },
  };
}

function describe(error: unknown): string {
  if (error instanceof UserError)
    return `${error.code} ${error.message}${error.hint ? `\nhint: ${error.hint}` : ''}`;
  return error instanceof Error ? error.message : String(error);
}

/** The editor on a file of its own, with the row as JSON. */
async function editText(text: string, env: Context['env']): Promise<{ text: string } | { failed: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'lorch-edit-'));
  try {
    const file = join(dir, 'row.json');
    await writeFile(file, text, { mode: 0o600 });
    const failed = await openEditor(env.VISUAL || env.EDITOR || 'vi', file, env);
    if (failed !== null) return { failed: `the editor: ${failed}; $VISUAL or $EDITOR names another` };
    return { text: await readFile(file, 'utf8') };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
