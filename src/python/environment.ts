// What lorch knows of a Python environment, and where the managed ones lie.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Host } from '../hosts/host.ts';
import { readJson } from '../hosts/read-files.ts';

/** How much of the stack is needed: tokenising alone, or training too. */
export type PythonNeed = 'tokenizer' | 'trainer';

export interface PythonEnv {
  /** Absolute path of the interpreter. */
  executable: string;
  /** Environment variables to start it with (isolated.ts). */
  env: Record<string, string>;
  /** The folder that contains the package `lorch_trainer`. */
  trainerDir: string;
  /** Which of the three places named it. */
  source: 'explicit' | 'workspace' | 'managed';
  /** Where logs of crashed commands go. */
  logDir: string;
}

const marker = z.object({
  lorch: z.literal(1),
  requirements: z.string(),
  need: z.enum(['tokenizer', 'trainer']),
  variant: z.string(),
  python: z.string(),
  dev: z.string().nullable(),
  created_ms: z.number(),
});

/** Written last into a managed environment: its existence means complete. */
export type EnvironmentMarker = z.infer<typeof marker>;

export interface ManagedEnvironment {
  dir: string;
  executable: string;
  marker: EnvironmentMarker;
}

export const markerName = 'lorch-environment.json';

/** The interpreter inside a virtual environment. */
export function interpreterOf(dir: string): string {
  return process.platform === 'win32' ? join(dir, 'Scripts', 'python.exe') : join(dir, 'bin', 'python');
}

/** Hash of requirement lines; comments and blank lines do not count. */
export function hashRequirements(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12);
}

/** The requirements file for a need, as shipped with the trainer. */
export function requirementsFile(trainerDir: string, need: PythonNeed): string {
  return join(trainerDir, need === 'trainer' ? 'requirements.txt' : 'requirements-tokenizer.txt');
}

/** Every complete managed environment of a host, the newest first. */
export async function listManaged(host: Host, cacheDir: string): Promise<ManagedEnvironment[]> {
  const root = join(cacheDir, 'python');
  const found: ManagedEnvironment[] = [];
  for (const { name } of (await host.list(root)) ?? []) {
    const dir = join(root, name);
    const read = await readMarker(host, dir);
    if (read) found.push({ dir, executable: interpreterOf(dir), marker: read });
  }
  return found.sort((a, b) => b.marker.created_ms - a.marker.created_ms);
}

/** The marker of a complete environment, or null if there is none to trust. */
export async function readMarker(host: Host, dir: string): Promise<EnvironmentMarker | null> {
  const read = await readJson(host, join(dir, markerName), (value) => {
    const parsed = marker.safeParse(value);
    return parsed.success ? { value: parsed.data } : 'it is not a marker';
  });
  // Its Python may have been removed since: then this is a link to nothing.
  const whole = read.state === 'read' && (await host.stat(interpreterOf(dir), { follow: true })) !== null;
  return whole ? read.value : null;
}
