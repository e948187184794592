// What was brought home of a run's results (fetched.json in its folder in the workspace).
import { join } from 'node:path';
import { z } from 'zod';
import { localHost } from '../hosts/local.ts';
import { lastMs } from '../run/record.ts';
import { readRunJson } from '../run/run-file.ts';

const fetched = z.object({
  lorch: z.literal(1),
  host: z.string(),
  /** Results of the run up to the end of this attempt. */
  attempt: z.number().int().positive(),
  t: z.number().int().nonnegative().max(lastMs),
  adapter: z.boolean(),
  /** Name of the checkpoint; null if there was none. */
  checkpoint: z.string().nullable(),
  files: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  /** The run folder on the host was removed. */
  removed: z.boolean(),
});

export type Fetched = z.infer<typeof fetched>;

/** Null if nothing was fetched, or it cannot be read. */
export function readFetched(runDir: string): Fetched | null {
  const read = readRunJson(fileOf(runDir), (value) => {
    const parsed = fetched.safeParse(value);
    return parsed.success ? { value: parsed.data } : 'it does not say what was fetched';
  });
  return read.state === 'read' ? read.value : null;
}

/** Writes it in one step. */
export async function writeFetched(runDir: string, what: Fetched): Promise<void> {
  await localHost.put(fileOf(runDir), `${JSON.stringify(what)}\n`);
}

function fileOf(runDir: string): string {
  return join(runDir, 'fetched.json');
}
