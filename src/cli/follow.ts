// Following a run in the terminal: progress, Ctrl-C, and how it ended. Used by train, rerun, resume, attach and logs.
import type { OpenWorkspace } from '../app/machine/open-workspace.ts';
import { followToEnd } from '../app/runs/follow-to-end.ts';
import { startOfAttempt } from '../run/cursor.ts';
import { statusWord } from '../run/status.ts';
import { listAttempts } from '../store/attempts.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { askToStop } from '../supervise/ask-to-stop.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { formatDuration, formatNumber } from './ui/format.ts';
import { renderNext } from './ui/next.ts';
import { paint, visible } from './ui/paint.ts';
import { createRunView, type RunView } from './ui/run-view.ts';
import { statusInk } from './ui/show-view.ts';
import { fitText } from './ui/wrap.ts';

export interface Followed {
  row: RunRow;
  /** Ctrl-C was pressed while it ran. */
  interrupted: boolean;
}

export interface FollowOptions {
  /**
   * What Ctrl-C does. `stop`: the first asks for a checkpoint, the second kills; a run that waits in the queue or works
   * on another host goes on. `leave`: every run goes on.
   */
  onInterrupt: 'stop' | 'leave';
  /** Where the progress goes: stderr beside a result, stdout if it is the result. */
  to: 'stdout' | 'stderr';
}

/**
 * Follows from the start of an attempt to the end of the run. Sets the exit code, unless it only watched a run that failed.
 */
export async function followInTerminal(
  context: Context,
  workspace: OpenWorkspace,
  run: string,
  attempt: number,
  { onInterrupt, to }: FollowOptions = { onInterrupt: 'stop', to: 'stderr' },
): Promise<Followed> {
  const { deps } = workspace;
  const out = context[to];
  const started = listAttempts(deps.store, run).find(({ n }) => n === attempt)?.createdMs ?? context.now();
  const label = run.replace(/^\d+-\d+-/, '');
  const view = createRunView({ out, label, now: context.now, sinceMs: started });
  const leaving = new AbortController();
  const stops: Promise<unknown>[] = [];
  let interrupted = false;
  const release = context.onInterrupt((count) => {
    interrupted = true;
    if (onInterrupt === 'leave' || !isHere(workspace, run)) return leaving.abort();
    sayStopping(view, count, paint(out.color).yellow);
    // The run may end by itself meanwhile; then its own end counts.
    stops.push(askToStop(deps, run, { force: count > 1 }).catch(() => undefined));
  });
  let row: RunRow;
  try {
    row = await followToEnd(workspace, run, {
      after: startOfAttempt(attempt),
      signal: leaving.signal,
      onEvent: (event) => view.event(event),
      onRow: (each) => view.row(each),
    });
    await Promise.all(stops);
  } finally {
    release();
    view.end();
  }
  if (row.status.phase === 'finished') out.write(endLines(row, deps.now(), out));
  else context.stderr.write(leaveLines(run, context));
  if (interrupted) context.exitCode = EXIT.interrupted;
  else if (onInterrupt === 'stop' && statusWord(row.status) !== 'succeeded') context.exitCode = EXIT.findings;
  return { row, interrupted };
}

/** Whether a run has been started, and on this machine. */
function isHere({ deps }: OpenWorkspace, run: string): boolean {
  if (getRun(deps.store, run)?.status.phase === 'queued') return false;
  return (listAttempts(deps.store, run).at(-1)?.host ?? 'local') === 'local';
}

function sayStopping(view: RunView, count: number, ink: (text: string) => string): void {
  view.line(
    ink(count === 1 ? 'stopping: saving a checkpoint first (Ctrl-C again kills)' : 'killing the trainer'),
  );
}

function leaveLines(run: string, context: Context): string {
  const next = renderNext([`lorch logs ${run} -f`, `lorch stop ${run}`], context.stderr);
  return `${run} goes on without this terminal\n${next}`;
}

function endLines(row: RunRow, now: number, out: Context['stderr']): string {
  const ink = paint(out.color);
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
  return `${lines.map((line) => fitText(line, out)).join('\n')}\n`;
}
