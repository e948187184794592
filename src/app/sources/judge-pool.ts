// Worker threads for scanning large JSON lines files. Small files are read before a thread would have started.
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { DataSource, JudgePool, PooledRegion } from '../../dataset/scan/scan-types.ts';
import type { WorkerAnswer, WorkerRequest } from './judge-worker.ts';

// Below this many bytes one thread is faster.
const poolFromBytes = 16_000_000;

const regionsPerThread = 4;
// Rows are short-lived, so a small young generation costs no time and saves memory.
const resourceLimits = { maxYoungGenerationSizeMb: 16 };
const mostThreads = 8;
// A row of megabytes permanently enlarges the heap of its thread, so one thread gets all such rows.
const longRegion = 4_000_000;

export interface ClosablePool extends JudgePool {
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Runs `work` with a pool if the sources are large, then ends the threads. */
export async function withJudgePool<T>(
  sources: readonly DataSource[],
  work: (pool: { pool?: JudgePool }) => Promise<T>,
): Promise<T> {
  let bytes = 0;
  for (const { path, stream } of sources)
    bytes += stream
      ? 0
      : await stat(path).then(
          (info) => info.size,
          () => 0,
        );
  // A thread can only run the built package, because Node cannot load TypeScript.
  if (bytes < poolFromBytes || import.meta.url.endsWith('.ts')) return await work({});
  const pool = createJudgePool();
  try {
    return await work({ pool });
  } finally {
    await pool.close();
  }
}

/** A pool whose threads start when they are first needed; by default one per core. */
export function createJudgePool(count = Math.min(mostThreads, availableParallelism())): ClosablePool {
  const url = new URL('./judge-worker.js', import.meta.url);
  type Waiting = {
    bytes: Uint8Array;
    thread: Thread;
    resolve(judged: PooledRegion): void;
    reject(error: unknown): void;
  };
  const waiting = new Map<number, Waiting>();
  let failure: unknown = null;
  const fail = (error: unknown): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const open = (): Thread => {
    const worker = new Worker(url, { resourceLimits });
    worker.on('message', ({ id, judged }: WorkerAnswer) => {
      const done = waiting.get(id);
      waiting.delete(id);
      if (!done) return;
      const { bytes, thread, resolve } = done;
      thread.bytes -= bytes.length;
      resolve({ judged, region: Buffer.from(bytes.buffer) });
    });
    worker.on('error', fail);
    return { worker, bytes: 0 };
  };
  let threads: Thread[] = [];
  let next = 0;
  const depth = count * regionsPerThread;
  return {
    depth,
    start(setup) {
      if (threads.length === 0) threads = Array.from({ length: count }, open);
      for (const { worker } of threads) worker.postMessage({ setup } satisfies WorkerRequest);
    },
    judge(parts) {
      const id = next++;
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      // Shared, so that the thread gets no copy of its own.
      const bytes = new Uint8Array(new SharedArrayBuffer(size));
      let end = 0;
      for (const part of parts) {
        bytes.set(part, end);
        end += part.length;
      }
      const answer = new Promise<PooledRegion>((resolve, reject) => {
        if (failure) return reject(failure);
        const thread = size > longRegion ? threads[0] : leastBusy(threads);
        if (!thread) return reject(new Error('a region came before its setup'));
        thread.bytes += size;
        waiting.set(id, { bytes, thread, resolve, reject });
        thread.worker.postMessage({ id, bytes } satisfies WorkerRequest);
      });
      // If a thread fails, the first awaited answer reports it; later answers are dropped.
      answer.catch(() => undefined);
      return answer;
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

interface Thread {
  worker: Worker;
  /** Regions that it has not answered yet. Regions differ much in size, so taking turns would leave a thread idle. */
  bytes: number;
}

function leastBusy(threads: readonly Thread[]): Thread | undefined {
  return threads.reduce<Thread | undefined>(
    (least, each) => (least && least.bytes <= each.bytes ? least : each),
    undefined,
  );
}
