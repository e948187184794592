// Several threads hash large files: this one takes the last part, the others one part each.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { cutFile } from '../../files/read-lines-sync.ts';
import { type LinesTask, type NearPart, openLines } from './hash-part.ts';
import type { PartRequest } from './near-worker.ts';

// Below this many bytes, one thread finishes before another one has started.
const threadsFromBytes = 24_000_000;
const mostThreads = 8;

export interface OpenedParts {
  parts: NearPart[];
  /** Where each part begins, in bytes. */
  starts: number[];
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Splits one file of JSON lines of this size into parts; `task.from` skips a byte order mark. */
export function openParts(
  task: Omit<LinesTask, 'to'>,
  size: number,
  progress: (rows: number) => void,
  threads = Math.min(mostThreads, availableParallelism()),
): OpenedParts {
  // A thread can only run the built package, because Node cannot load TypeScript.
  const alone = size < threadsFromBytes || import.meta.url.endsWith('.ts');
  const tasks = cutFile(task.path, task.from, alone ? 1 : threads).map((range) => ({ ...task, ...range }));
  const starts = tasks.map(({ from }) => from);
  const last = tasks.pop();
  const workers = tasks.map(openWorker);
  return {
    // In the order of the file; this thread begins after the others have their work.
    parts: [...workers.map(({ part }) => part), ...(last ? [openLines(last, progress)] : [])],
    starts,
    async close() {
      await Promise.all(workers.map(({ end }) => end()));
    },
  };
}

function openWorker(task: LinesTask): { part: NearPart; end: () => Promise<unknown> } {
  const worker = new Worker(new URL('./near-worker.js', import.meta.url), { workerData: task });
  let failure: unknown = null;
  let waiting: { resolve(value: unknown): void; reject(error: unknown): void } | null = null;
  worker.on('message', (value: unknown) => waiting?.resolve(value));
  worker.on('error', (error) => {
    failure = error;
    waiting?.reject(error);
  });
  const ask = <T>(request: PartRequest): Promise<T> =>
    new Promise<unknown>((resolve, reject) => {
      if (failure) return reject(failure);
      waiting = { resolve, reject };
      worker.postMessage(request);
    }) as Promise<T>;
  return {
    part: {
      scan: () => ask({ step: 'scan' }),
      merge: (all) => ask({ step: 'merge', all }),
      async keep(all, ratio) {
        const kept = await ask<Awaited<ReturnType<NearPart['keep']>>>({ step: 'keep', all, ratio });
        // Free its memory for the join.
        await worker.terminate();
        return kept;
      },
    },
    end: () => worker.terminate(),
  };
}
