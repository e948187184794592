// The small JSON files of an attempt folder (docs/run-folder.md). Shim and controller write and read them.
import { z } from 'zod';
import { lastMs } from './record.ts';
import { retrySchema } from './retry-ladder.ts';

const time = z.number().int().nonnegative().max(lastMs);
const identity = {
  pid: z.number().int().positive(),
  /** Start time from the system (field 22 of /proc/PID/stat; `ps -o lstart=` on macOS). */
  start: z.string().nullable(),
  boot_id: z.string().nullable(),
};

/** What the attempt holds on its host; absent if its scheduler gives it devices. */
const device = z.object({
  /** UUID of a GPU, or `cpu-N`. */
  device: z.string(),
  shared: z.boolean(),
  bytes: z.number().int().nullable(),
});

const launchFields = z.object({
  lorch: z.literal(1),
  attempt: z.number().int().positive(),
  token: z.string(),
  host: z.string(),
  scheduler: z.string(),
  /** Absent in files of earlier versions. */
  resources: z.object({ gpus: z.number(), devices: z.array(device).optional() }).optional(),
  /** What the scheduler remembers of the job; absent until it has started it. */
  handle: z.unknown().optional(),
  /** Why lorch started it by itself, and what it does otherwise than the plan. */
  retry: retrySchema.optional(),
  created_ms: time,
  python: z.string(),
  shim: z.string(),
  /** The trainer's argv. */
  command: z.array(z.string()),
  /** The job's environment without its secrets. */
  env: z.record(z.string(), z.string()),
});

// Earlier versions knew launchers: `local` was a process on this machine.
const launch = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null || !('launcher' in value)) return value;
  const { launcher, ...rest } = value;
  return { host: launcher, scheduler: 'process', ...rest };
}, launchFields);

const trainer = z.object(identity);

const claim = z.discriminatedUnion('by', [
  z.object({ by: z.literal('shim'), t: time, host: z.string().optional(), ...identity }),
  /** A controller prevented this attempt from starting. */
  z.object({ by: z.literal('controller'), t: time }),
]);

/** Which guard of the supervisor ended the attempt, and why (shim.py). */
const guard = z.object({
  name: z.enum(['max_hours', 'max_cost', 'hang']),
  t: time,
  /** The limit: the whole time, or the time without progress. */
  seconds: z.number(),
  /** How long the attempt ran. */
  ran_s: z.number().optional(),
  max_hours: z.number().optional(),
  max_cost: z.number().optional(),
  price_per_hour: z.number().optional(),
  /** How long there was no progress, how long a step took, and the last one. */
  quiet_s: z.number().optional(),
  median_step_s: z.number().nullable().optional(),
  last_step: z.number().int().optional(),
  /** It did not end when it was asked to. */
  killed: z.boolean(),
});

const exit = z.object({
  by: z.enum(['shim', 'controller']),
  code: z.number().int().nullable(),
  signal: z.number().int().nullable(),
  /** Why the trainer could not be started. */
  error: z.string().nullable(),
  /** The signal that asked the shim to stop. */
  asked: z.number().int().nullable().default(null),
  /** Set by a controller if nobody saw the end, because shim and trainer were both gone. */
  lost: z.string().optional(),
  guard: guard.optional(),
  /** Whose memory had run out when the kernel ended a process: the machine's, or that of a cgroup with a limit. */
  oom: z.enum(['host', 'cgroup']).optional(),
  t: time,
});

const stop = z.object({ t: time, force: z.boolean() });

export type LaunchFile = z.infer<typeof launch>;
export type GuardEnd = z.infer<typeof guard>;
export type ExitFile = z.infer<typeof exit>;
export type ProcessIdentity = z.infer<typeof trainer>;

/** exit.json as a controller writes it if the shim did not. */
export function controllerExit(
  said: Pick<ExitFile, 't'> & Partial<Pick<ExitFile, 'code' | 'error' | 'lost'>>,
): ExitFile {
  return { by: 'controller', code: null, signal: null, error: null, asked: null, ...said };
}

const schemas = { launch, claim, trainer, exit, stop };

export type AttemptFileKind = keyof typeof schemas;
export type AttemptFile<K extends AttemptFileKind> = z.infer<(typeof schemas)[K]>;

/** The content of one of the files, or its fault. */
export function checkAttemptFile<K extends AttemptFileKind>(
  kind: K,
  value: unknown,
): { value: AttemptFile<K> } | string {
  const parsed = schemas[kind].safeParse(value);
  if (parsed.success) return { value: parsed.data as AttemptFile<K> };
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'it'} is not what ${kind}.json has there`;
}
