// The plans of a sweep side by side: what differs, and what each will take.
import type { Plan } from '../../run/plan.ts';
import type { OutputStream } from '../context.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';
import { paint } from './paint.ts';
import { verdictInk, verdicts } from './plan-memory.ts';
import { type Column, renderTable } from './table.ts';

/** One row a run, which its values tell apart; `fits` only if there is a GPU to hold it against, `time` only if the speed is known. */
export function renderSweep(
  plans: readonly Plan[],
  stream: Pick<OutputStream, 'isTTY' | 'color' | 'columns'>,
): string {
  const ink = paint(stream.color);
  const columns: [Column, (plan: Plan) => string][] = [
    [{ title: 'run' }, (plan) => String((plan.sweep?.index ?? 0) + 1)],
    ...Object.keys(plans[0]?.sweep?.values ?? {}).map((title): [Column, (plan: Plan) => string] => [
      { title },
      (plan) => valueText(plan.sweep?.values[title]),
    ]),
    [
      { title: 'trainable', align: 'right' },
      ({ forecast }) => orDash(forecast.parameters?.trainable, formatCount),
    ],
    [{ title: 'steps', align: 'right' }, ({ forecast }) => formatCount(forecast.steps.total)],
  ];
  if (plans.some(({ forecast }) => forecast.memory))
    columns.push([
      { title: 'memory', align: 'right' },
      ({ forecast }) => orDash(forecast.memory?.total_bytes, formatBytes),
    ]);
  if (plans.some(({ forecast }) => forecast.memory?.verdict))
    columns.push([
      { title: 'fits' },
      ({ forecast }) =>
        orDash(forecast.memory?.verdict, (verdict) => verdictInk(verdict, ink)(verdicts[verdict])),
    ]);
  if (plans.some(({ forecast }) => forecast.time?.seconds))
    columns.push([
      { title: 'time', align: 'right' },
      ({ forecast }) => orDash(forecast.time?.seconds, (seconds) => formatDuration(1000 * seconds)),
    ]);
  if (plans.some(({ forecast }) => forecast.time?.cost !== undefined))
    columns.push([
      { title: 'cost', align: 'right' },
      ({ forecast }) => orDash(forecast.time?.cost, (cost) => cost.toFixed(2)),
    ]);
  return renderTable(
    columns.map(([column]) => column),
    plans.map((plan) => columns.map(([, text]) => text(plan))),
    stream,
  );
}

function orDash<T>(value: T | null | undefined, text: (value: T) => string): string {
  return value === null || value === undefined ? '–' : text(value);
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
