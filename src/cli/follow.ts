// Following a run in the terminal: progress, Ctrl-C, and how it ended. Used by train, rerun and resume.
import type { OpenWorkspace } from '../app/machine/open-workspace.ts';
import { followToEnd } from '../app/runs/follow-to-end.ts';
import { startOfAttempt } from '../run/cursor.ts';
import { statusWord } from '../run/status.ts';
import type { RunRow } from '../store/runs.ts';
import { askToStop } from '../supervise/ask-to-stop.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { formatDuration, formatNumber } from './ui/format.ts';
import { paint, visible } from './ui/paint.ts';
import { createRunView } from './ui/run-view.ts';
import { statusInk } from './ui/show-view.ts';
import { fitText } from './ui/wrap.ts';

export interface Followed {
  row: RunRow;
  /** Ctrl-C was pressed while it ran. */
  interrupted: boolean;
}

/**
 * Follows from the start of an attempt to the end of the run: the first Ctrl-C asks for a checkpoint, the second kills.
 * Sets the exit code.
 */
export async function followInTerminal(
  context: Context,
  workspace: OpenWorkspace,
  run: string,
  attempt: number,
): Promise<Followed> {
  const { deps } = workspace;
  const ink = paint(context.stderr.color);
  const view = createRunView(context, run.replace(/^\d+-\d+-/, ''));
  let interrupted = false;
  const stops: Promise<unknown>[] = [];
  const release = context.onInterrupt((count) => {
    interrupted = true;
    view.line(
      ink.yellow(
        count === 1 ? 'stopping: saving a checkpoint first (Ctrl-C again kills)' : 'killing the trainer',
      ),
    );
    // The run may end by itself meanwhile; then its own end counts.
    stops.push(askToStop(deps, run, { force: count > 1 }).catch(() => undefined));
  });
  try {
    const row = await followToEnd(workspace, run, {
      after: startOfAttempt(attempt),
      onEvent: (event) => view.event(event),
    });
    await Promise.all(stops);
    view.end();
    context.stderr.write(endLines(row, deps.now(), context));
    if (interrupted) context.exitCode = EXIT.interrupted;
    else if (statusWord(row.status) !== 'succeeded') context.exitCode = EXIT.findings;
    return { row, interrupted };
  } finally {
    release();
  }
}

function endLines(row: RunRow, now: number, context: Context): string {
  const ink = paint(context.stderr.color);
  const word = statusWord(row.status);
  const took = formatDuration(row.endedAttemptsMs + (row.openSinceMs === null ? 0 : now - row.openSinceMs));
  const facts = [
    `step ${row.step ?? 0}${row.maxSteps === null ? '' : `/${row.maxSteps}`}`,
    row.lastLoss === null ? null : `loss ${formatNumber(row.lastLoss)}`,
    row.bestEval === null
      ? null
      : `best validation loss ${formatNumber(row.bestEval.loss)} at step ${row.bestEval.step}`,
    took,
  ].filter((fact) => fact !== null);
  const lines = [`${statusInk(word, ink)(word)} ${ink.bold(row.id)} · ${facts.join(' · ')}`];
  if (row.failure) {
    lines.push(`  ${ink.red(row.failure.class)} ${row.failure.code} ${visible(row.failure.message)}`);
    lines.push(`  ${ink.cyan('hint:')} ${visible(row.failure.hint)}`);
    lines.push(`  ${ink.dim('next:')} ${visible(row.failure.next)}`);
  }
  return `${lines.map((line) => fitText(line, context.stderr)).join('\n')}\n`;
}
