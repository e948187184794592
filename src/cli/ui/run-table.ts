import type { RunSummary } from '../../app/list-runs.ts';
import type { OutputStream } from '../context.ts';
import { formatAge, formatCount, formatDuration, formatNumber } from './format.ts';
import { paint } from './paint.ts';
import { statusInk } from './show-view.ts';
import { renderTable } from './table.ts';

/** One line a run, the newest first. */
export function renderRunTable(runs: readonly RunSummary[], style: OutputStream, now: number): string {
  const ink = paint(style.color);
  const number = (value: number | null) => (value === null ? '–' : formatNumber(value));
  return renderTable(
    [
      { title: 'run' },
      { title: 'name' },
      { title: 'status' },
      { title: 'age', align: 'right' },
      { title: 'steps', align: 'right' },
      { title: 'loss', align: 'right' },
      { title: 'best eval', align: 'right' },
      { title: 'trainable', align: 'right' },
      { title: 'duration', align: 'right' },
    ],
    runs.map((run) => [
      run.id,
      run.name,
      statusInk(run.status, ink)(run.status),
      formatAge(Math.max(0, now - run.created_ms)),
      run.step === null ? '–' : `${run.step}/${run.max_steps ?? '?'}`,
      number(run.loss),
      number(run.best_eval_loss),
      run.trainable === null ? '–' : formatCount(run.trainable),
      run.duration_ms === null ? '–' : formatDuration(run.duration_ms),
    ]),
    style,
  );
}
