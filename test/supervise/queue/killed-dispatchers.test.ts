// kill -9 of dispatchers at any moment. LORCH_QUEUE_RUNS, LORCH_QUEUE_KILLS and LORCH_QUEUE_SEED ask for more, and for others.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { statusWord } from '../../../src/run/status.ts';
import { listAttempts } from '../../../src/store/attempts.ts';
import { listWaiting } from '../../../src/store/queue.ts';
import { getRun } from '../../../src/store/runs.ts';
import { type Compiled, compileSources } from '../kill/compile.ts';
import { seededRandom } from '../kill/trial.ts';
import { makeWorkspace } from '../workspace.ts';
import { addQueued, type DispatcherProcess, readOrder, startDispatcher } from './queue-workspace.ts';

const count = Number(process.env.LORCH_QUEUE_RUNS ?? 16);
const kills = Number(process.env.LORCH_QUEUE_KILLS ?? 5);
const random = seededRandom(Number(process.env.LORCH_QUEUE_SEED ?? 1));

let compiled: Compiled;
beforeAll(async () => {
  compiled = await compileSources();
});
afterAll(() => compiled?.remove());

it(
  `${count} runs over 2 places on the CPU, the dispatcher killed ${kills} times: each ran once, in order`,
  async () => {
    const workspace = await makeWorkspace('brief');
    try {
      const names = Array.from({ length: count }, (_, i) => `run-${String(i).padStart(3, '0')}`);
      // Priorities in three groups, mixed; within one, first come.
      const priorityOf = (i: number) => (i % 7 === 3 ? 2 : i % 5 === 1 ? -1 : 0);
      for (const [i, name] of names.entries()) await addQueued(workspace, name, { priority: priorityOf(i) });
      const planned = listWaiting(workspace.store).map(({ run }) => run);
      const byPriority = [2, 0, -1].flatMap((priority) => names.filter((_, i) => priorityOf(i) === priority));
      expect(planned).toEqual(byPriority);

      const start = () => startDispatcher(workspace, compiled.dir, { cpuSlots: 2, watchdogMs: 1500 });
      let dispatcher: DispatcherProcess = start();
      let killed = 0;
      while (killed < kills) {
        // While it starts, takes the lock, begins an attempt, starts its process, or waits; now and then two at once.
        await sleep(150 + random() * 900);
        const another = random() < 0.2 ? start() : null;
        if (dispatcher.child.exitCode === null && dispatcher.child.kill('SIGKILL')) killed += 1;
        await dispatcher.ended;
        dispatcher = another ?? start();
      }
      for (let ended = await dispatcher.ended; ended !== 'idle'; ended = await dispatcher.ended)
        dispatcher = start();

      const rows = names.map((name) => getRun(workspace.store, name));
      expect(rows.map((row) => row && statusWord(row.status))).toEqual(names.map(() => 'succeeded'));
      for (const name of names) expect(await workspace.launches(name), name).toBe(1);
      // When each was begun on record; a start that was lost is tried again at its own place.
      const first = (run: string) => listAttempts(workspace.store, run)[0]?.createdMs ?? 0;
      const begun = planned.map(first);
      expect(begun.filter((ms, i) => ms < (begun[i - 1] ?? 0))).toEqual([]);
      let atOnce = 0;
      let most = 0;
      for (const { what } of (await readOrder(workspace)).sort((a, b) => a.t - b.t)) {
        atOnce += what === 'begin' ? 1 : -1;
        most = Math.max(most, atOnce);
      }
      expect(most).toBeLessThanOrEqual(2);
      expect(workspace.store.db.pragma('integrity_check', { simple: true })).toBe('ok');
      const lost = names.filter((name) => listAttempts(workspace.store, name).length > 1).length;
      console.info(`${killed} dispatchers killed; ${lost} of ${count} starts were lost and made again`);
    } finally {
      await workspace.close();
    }
  },
  60_000 + count * 5000 + kills * 10_000,
);
