// The checkpoints of a run folder, on any host. A checkpoint is complete if it has its seal, which the trainer writes last.
import { join } from 'node:path';
import { z } from 'zod';
import type { Host } from '../hosts/host.ts';
import { readJson } from '../hosts/read-files.ts';
import { runPaths } from '../run/layout.ts';

const seal = z.looseObject({
  step: z.number().int().nonnegative(),
  files: z.record(z.string(), z.number()),
  /** Of each file; empty in seals of earlier versions. */
  sha256: z.record(z.string(), z.string()).default({}),
});

export interface Checkpoint {
  name: string;
  dir: string;
  step: number;
  seal: z.infer<typeof seal>;
}

/** The name of the seal in a checkpoint's folder. */
export const sealName = 'lorch.json';

/** Complete checkpoints, the newest first. Only the trainer looks whether their bytes are as they were sealed. */
export async function listCheckpoints(
  host: Pick<Host, 'list' | 'read'>,
  runDir: string,
): Promise<Checkpoint[]> {
  const { checkpoints } = runPaths(runDir);
  const names = ((await host.list(checkpoints)) ?? []).map(({ name }) => name);
  const found: Checkpoint[] = [];
  for (const name of names.filter((each) => /^checkpoint-\d+$/.test(each))) {
    const dir = join(checkpoints, name);
    const read = await readJson(host, join(dir, sealName), (value) => {
      const parsed = seal.safeParse(value);
      return parsed.success ? { value: parsed.data } : 'it is not a seal';
    });
    if (read.state === 'read') found.push({ name, dir, step: read.value.step, seal: read.value });
  }
  return found.sort((a, b) => b.step - a.step);
}
