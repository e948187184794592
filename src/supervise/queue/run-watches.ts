// Brings runs under way up to date for the dispatcher: often while they start, and when they end; rarely in between.
import { localHost } from '../../hosts/local.ts';
import { attemptPaths } from '../../run/layout.ts';
import { latestAttempt } from '../../store/attempts.ts';
import { runsUnderWay } from '../../store/queue.ts';
import { isBusy } from '../../store/store-errors.ts';
import { runDirOf } from '../attempt-context.ts';
import { type SuperviseDeps, timingOf } from '../deps.ts';
import { type Watch, watchRun } from '../watch-run.ts';

interface Watched {
  watch: Watch;
  /** exit.json on this machine; null if it is elsewhere. */
  exit: string | null;
  /** It is about to start or to end: look at it again soon. */
  soon: boolean;
  /** What was wrong at the last look, so that it is logged once. */
  trouble: string;
}

export interface RunWatches {
  /** Looks at every run under way; returns those that have ended. */
  look(): Promise<string[]>;
  /** Whether one is about to start or to end. */
  soon(): boolean;
  /** Whether one has left its result since the last look. */
  hasEnded(): Promise<boolean>;
}

/** No run is known yet. */
export function createRunWatches(deps: SuperviseDeps): RunWatches {
  const known = new Map<string, Watched>();

  const lookAt = async (run: string): Promise<boolean> => {
    const watch = () => watchRun(deps, run, { hearMs: timingOf(deps).hearMs });
    const watched = known.get(run) ?? { watch: watch(), exit: null, soon: true, trouble: '' };
    known.set(run, watched);
    try {
      for (;;) {
        const look = await watched.watch.look();
        if (look === 'finished') return true;
        if (look === 'changed') continue;
        const latest = latestAttempt(deps.store, run);
        const local = latest?.host === localHost.name;
        watched.exit = local ? attemptPaths(runDirOf(deps, run), latest.n).exit : null;
        watched.soon = look === 'confirming' || latest?.state === 'launching';
        watched.trouble = '';
        return false;
      }
    } catch (error) {
      if (!isBusy(error) && watched.trouble !== String(error))
        deps.log.run(run).error({ error: String(error) }, 'cannot be brought up to date');
      watched.trouble = String(error);
      watched.exit = null;
      watched.soon = false;
      return false;
    }
  };

  return {
    async look() {
      const ended: string[] = [];
      const all = new Set([...runsUnderWay(deps.store), ...known.keys()]);
      for (const run of all) if (await lookAt(run)) ended.push(run);
      for (const run of ended) known.delete(run);
      return ended;
    },
    soon: () => [...known.values()].some(({ soon }) => soon),
    async hasEnded() {
      for (const { exit } of known.values()) if (exit && (await localHost.stat(exit))) return true;
      return false;
    },
  };
}
