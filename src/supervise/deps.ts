// What supervision is given from outside; nothing here reads the process's own environment or clock.
import type { Host } from '../hosts/host.ts';
import type { Store } from '../store/open-store.ts';
import type { ControllerLog } from './controller-log.ts';
import type { Transfer } from './transfer.ts';

export interface SuperviseDeps {
  store: Store;
  /** The folder of run folders. */
  runsDir: string;
  /** The controller's environment; a job sees only the part that job-environment.ts lets through. */
  env: Readonly<Record<string, string | undefined>>;
  now(): number;
  /** Hosts beside those of hosts/index.ts. */
  findHost?(name: string): Host | undefined;
  log: ControllerLog;
  /** Tells the user why nothing happens, or what could not be done. */
  notice?(text: string): void;
  /** Told how a transfer to or from another host goes on. */
  transfer?(transfer: Transfer): void;
  /** Somebody is to be told when a run of this workspace ends. */
  notifies?: boolean;
  timing?: Partial<Timing>;
}

/** The interpreter that trains, as src/python finds it. */
export interface TrainerPython {
  executable: string;
  env: Record<string, string>;
  /** The folder with lorch_trainer and shim.py. */
  trainerDir: string;
}

/** What starting an attempt needs beside. */
export interface LaunchDeps extends SuperviseDeps {
  /** The Python that trains on a host. Throws UserError E001 to E005. */
  pythonOn(host: Host): Promise<TrainerPython>;
  /** The trainer's argv; by default `python -m lorch_trainer train RUN_DIR --attempt N`. */
  trainerCommand?(runDir: string, attempt: number): string[];
}

export interface Timing {
  /** How often a followed run is looked at. */
  pollMs: number;
  /** How long a shim may take to claim its attempt before another is started; grows with each try. */
  watchdogMs: number;
  /** How often another host is asked for what is new. */
  mirrorEveryMs: number;
  /** How long a command that only looks waits for another host. */
  hearMs: number;
  /** How often the processes are asked for. */
  aliveEveryMs: number;
  /** How long nothing may be found before a run counts as gone: a process is invisible while it is being replaced. */
  goneAfterMs: number;
  /** How long a command waits for a database that another process holds. */
  lockMs: number;
  /** How long a follower waits for a full or failing disk after all processes of the run have ended. */
  troubleMs: number;
}

const defaults: Timing = {
  pollMs: 150,
  watchdogMs: 3000,
  mirrorEveryMs: 500,
  hearMs: 3000,
  aliveEveryMs: 1000,
  goneAfterMs: 400,
  lockMs: 60_000,
  troubleMs: 30_000,
};

export function timingOf(deps: SuperviseDeps): Timing {
  return { ...defaults, ...deps.timing };
}
