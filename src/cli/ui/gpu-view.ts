// The GPUs of a host, one line each.
import type { ListedGpu } from '../../app/machine/list-gpus.ts';
import type { OutputStream } from '../context.ts';
import { formatBytes } from './format.ts';
import { paint } from './paint.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'gpu', align: 'right' },
  { title: 'name', drop: 2 },
  { title: 'memory in use', align: 'right', drop: 1 },
  { title: 'state' },
  { title: 'used by' },
  { title: 'uuid', drop: 3 },
] as const;

/** Which are free, which runs have the others, and who else uses them. */
export function renderGpus(gpus: readonly ListedGpu[], stream: OutputStream): string {
  const ink = paint(stream.color);
  const inks = { free: ink.green, leased: ink.yellow, others: ink.red };
  const rows = gpus.map((gpu) => [
    String(gpu.index),
    gpu.name,
    `${formatBytes(gpu.used_bytes)} of ${formatBytes(gpu.memory_bytes)}`,
    inks[gpu.state](gpu.state === 'others' ? 'not free' : gpu.state),
    usersOf(gpu),
    gpu.uuid,
  ]);
  return renderTable(columns, rows, stream);
}

function usersOf({ others, leases, processes }: ListedGpu): string {
  const runs = leases.map(({ run, shared }) => (shared ? `${run} (shared)` : run));
  const [first] = processes;
  const owner = others !== null && first?.user ? ` (user ${first.user})` : '';
  return [...runs, ...(others === null ? [] : [`${others}${owner}`])].join(', ') || '–';
}
