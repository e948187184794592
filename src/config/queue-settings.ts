// `queue:` of lorch.yaml: how much runs at once.
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { unknownKeys } from './known-keys.ts';
import { isNull, type Located } from './source/located.ts';

export interface QueueSettings {
  /** How many queued runs train on the CPU of a host at once. */
  cpuSlots: number;
}

export const usualQueue: QueueSettings = { cpuSlots: 1 };

const keys = ['cpu_slots'];

/** Reads `queue:`, with findings C010 and C011. */
export function readQueueSettings(node: Located): { settings: QueueSettings; findings: Finding[] } {
  if (isNull(node)) return { settings: usualQueue, findings: [] };
  if (node.kind !== 'map')
    return { settings: usualQueue, findings: [finding('C011', node.at, '`queue` must be a mapping')] };
  const findings = unknownKeys(node, 'queue', keys);
  const slots = node.entries.get('cpu_slots')?.value;
  if (!slots || isNull(slots)) return { settings: usualQueue, findings };
  if (slots.kind === 'scalar' && Number.isSafeInteger(slots.value) && Number(slots.value) >= 1)
    return { settings: { cpuSlots: Number(slots.value) }, findings };
  findings.push(finding('C011', slots.at, '`queue.cpu_slots` must be a whole number from 1'));
  return { settings: usualQueue, findings };
}
