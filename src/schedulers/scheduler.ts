// What every scheduler offers: one attempt of a run is one job. The truth about a job is in its own files (claim.json,
// exit.json); what a scheduler says only explains.
import type { Host } from '../hosts/host.ts';
import type { AttemptPaths } from '../run/layout.ts';

/** What a scheduler remembers of a job: JSON that nobody else reads, kept in launch.json. */
export type JobHandle = unknown;

/** Which attempt a job is. */
export interface Job {
  host: Host;
  /** The run folder and the attempt's paths, on the host. */
  runDir: string;
  paths: AttemptPaths;
  /** In the environment of every process of the attempt: files of a run folder may name any process. */
  token: string;
}

/** What a job is started with. */
export interface LaunchSpec extends Job {
  /** The interpreter that runs the shim. */
  python: string;
  /** trainer/shim.py */
  shim: string;
  /** The trainer: argv, never a shell line. */
  command: readonly string[];
  /** All of the job's environment, the attempt's token (LORCH_ATTEMPT) included. */
  env: Readonly<Record<string, string>>;
  resources: JobResources;
}

export interface JobResources {
  gpus: number;
}

/**
 * pending: it waits for its turn, and `why`. running: `sinceMs` is when its turn came, if it had to wait. gone: no
 * process of it lives, and none will be started.
 */
export type JobState =
  | { state: 'pending'; why: string }
  | { state: 'running'; sinceMs?: number }
  | { state: 'gone' };

export interface Scheduler {
  readonly name: string;
  /**
   * Starts the shim so that it outlives this process. Null: it was asked for, and there is nothing to remember or
   * nobody knows what came of it. Throws UserError R131 if it has not started for certain.
   */
  start(spec: LaunchSpec): Promise<JobHandle | null>;
  /** How a job stands. `handle`: null if what `start` returned was lost. */
  state(job: Job, handle: JobHandle | null): Promise<JobState>;
  /** Asks a job to save and stop; with `force`, kills all of it but the shim, which records the end. False: nobody was there. */
  stop(job: Job, handle: JobHandle | null, force: boolean): Promise<boolean>;
}
