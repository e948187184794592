import type { RunSummary } from '../../app/runs/list-runs.ts';
import type { OutputStream } from '../context.ts';
import { formatAge, formatCount, formatDuration, formatNumber } from './format.ts';
import { paint } from './paint.ts';
import { statusInk } from './show-view.ts';
import { droppedColumns, renderTable } from './table.ts';

// The id is what every other command takes, so it stays whole; its middle is the name, which goes first.
const columns = [
  { title: 'run' },
  { title: 'name', drop: 8 },
  { title: 'status' },
  { title: 'age', align: 'right', drop: 5 },
  { title: 'steps', align: 'right', drop: 3 },
  { title: 'loss', align: 'right', drop: 1 },
  { title: 'best eval', align: 'right', drop: 2 },
  { title: 'trainable', align: 'right', drop: 7 },
  { title: 'duration', align: 'right', drop: 6 },
] as const;

/** One line a run, the newest first; `dropped` names the columns that the terminal is too narrow for. */
export function renderRunTable(
  runs: readonly RunSummary[],
  style: OutputStream,
  now: number,
): { text: string; dropped: string[] } {
  const ink = paint(style.color);
  const number = (value: number | null) => (value === null ? '–' : formatNumber(value));
  const rows = runs.map((run) => [
    run.id,
    run.name,
    statusInk(run.status, ink)(run.status),
    formatAge(Math.max(0, now - run.created_ms)),
    run.step === null ? '–' : `${run.step}/${run.max_steps ?? '?'}`,
    number(run.loss),
    number(run.best_eval_loss),
    run.trainable === null ? '–' : formatCount(run.trainable),
    run.duration_ms === null ? '–' : formatDuration(run.duration_ms),
  ]);
  return { text: renderTable(columns, rows, style), dropped: droppedColumns(columns, rows, style) };
}
