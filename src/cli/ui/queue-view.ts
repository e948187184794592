// What runs and what waits, as two tables.
import type { ShownQueue } from '../../app/runs/show-queue.ts';
import type { OutputStream } from '../context.ts';
import { formatAge, formatDuration } from './format.ts';
import { paint } from './paint.ts';
import { statusInk } from './show-view.ts';
import { renderTable } from './table.ts';

const runningColumns = [
  { title: 'runs' },
  { title: 'status' },
  { title: 'on' },
  { title: 'steps', align: 'right', drop: 2 },
  { title: 'since', align: 'right', drop: 3 },
  { title: 'ends in', align: 'right', drop: 1 },
] as const;

const waitingColumns = [
  { title: 'waits' },
  { title: 'priority', align: 'right', drop: 2 },
  { title: 'queued', align: 'right', drop: 3 },
  { title: 'takes', align: 'right', drop: 1 },
  { title: 'why' },
] as const;

/** What runs where and until when; then what waits, the first to start first, and why. */
export function renderQueue({ running, waiting }: ShownQueue, stream: OutputStream, now: number): string {
  const ink = paint(stream.color);
  const runs = running.map((each) => [
    each.run,
    statusInk(each.status, ink)(each.status),
    [each.host, each.devices.map(shortDevice).join(', ')].filter(Boolean).join(' '),
    each.step === null ? '–' : `${each.step}/${each.max_steps ?? '?'}`,
    each.since_ms === null ? '–' : formatAge(Math.max(0, now - each.since_ms)),
    each.until_ms === null ? '–' : formatDuration(Math.max(0, each.until_ms - now)),
  ]);
  const waits = waiting.map((each) => [
    each.run,
    String(each.priority),
    formatAge(Math.max(0, now - each.queued_ms)),
    each.takes_ms === null ? '–' : formatDuration(each.takes_ms),
    each.held ? ink.yellow(each.why) : each.why,
  ]);
  return [
    runs.length > 0 ? renderTable(runningColumns, runs, stream) : '',
    waits.length > 0 ? renderTable(waitingColumns, waits, stream) : '',
  ]
    .filter((table) => table !== '')
    .join('\n');
}

/** As much of a UUID as tells GPUs apart. */
function shortDevice(device: string): string {
  return device.startsWith('GPU-') ? device.slice(0, 12) : device;
}
