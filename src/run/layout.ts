// Names inside a run folder (docs/run-folder.md), for all code that reads or writes one.
import { join } from 'node:path';

export interface AttemptPaths {
  dir: string;
  launch: string;
  claim: string;
  trainer: string;
  events: string;
  log: string;
  exit: string;
  /** Written when somebody asks this attempt to stop. */
  stop: string;
}

export interface RunPaths {
  dir: string;
  config: string;
  plan: string;
  ledger: string;
  /** name, tags, notes, unreviewed: what people may change after launch. */
  record: string;
  /** Its place in the queue, while it waits. */
  queue: string;
  /** Prepared sequences, hard-linked from the cache: `train.safetensors`, `validation.safetensors`. */
  data: string;
  checkpoints: string;
  adapter: string;
  report: string;
  /** The controller's own log (NDJSON). */
  controllerLog: string;
}

/** The adapter's first matrices, in the run folder. */
export const startFile = 'start.safetensors';

/** Paths of one run folder. */
export function runPaths(dir: string): RunPaths {
  return {
    dir,
    config: join(dir, 'config.yaml'),
    plan: join(dir, 'plan.json'),
    ledger: join(dir, 'ledger.jsonl.gz'),
    record: join(dir, 'run.json'),
    queue: join(dir, 'queue.json'),
    data: join(dir, 'data'),
    checkpoints: join(dir, 'checkpoints'),
    adapter: join(dir, 'adapter'),
    report: join(dir, 'report.md'),
    controllerLog: join(dir, 'controller.log'),
  };
}

/** Paths of attempt `n` (from 1) of the run in `dir`. */
export function attemptPaths(dir: string, n: number): AttemptPaths {
  const attempt = join(dir, `attempt-${n}`);
  return {
    dir: attempt,
    launch: join(attempt, 'launch.json'),
    claim: join(attempt, 'claim.json'),
    trainer: join(attempt, 'trainer.json'),
    events: join(attempt, 'events.jsonl'),
    log: join(attempt, 'train.log'),
    exit: join(attempt, 'exit.json'),
    stop: join(attempt, 'stop.json'),
  };
}
