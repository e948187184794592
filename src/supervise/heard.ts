// When a host last told something about an attempt (mirror.json in its folder in the workspace).
import { join } from 'node:path';
import { z } from 'zod';
import { localHost } from '../hosts/local.ts';
import { lastMs } from '../run/record.ts';
import { readRunJson } from '../run/run-file.ts';

const heard = z.object({ lorch: z.literal(1), heard_ms: z.number().int().nonnegative().max(lastMs) });

/** Writes down that the host answered now. */
export async function writeHeard(attemptDir: string, now: number): Promise<void> {
  await localHost.put(join(attemptDir, 'mirror.json'), JSON.stringify({ lorch: 1, heard_ms: now }));
}

/** When that was; null if it never answered, or the attempt runs on this machine. */
export function readHeard(attemptDir: string): number | null {
  const read = readRunJson(join(attemptDir, 'mirror.json'), (value) => {
    const parsed = heard.safeParse(value);
    return parsed.success ? { value: parsed.data } : 'it does not say when';
  });
  return read.state === 'read' ? read.value.heard_ms : null;
}
