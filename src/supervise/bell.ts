// Wakes those who wait for something new. Nothing is handed over: who wakes looks for itself, so a slow one costs nothing.

export interface Bell {
  /** How often it rang. */
  readonly rings: number;
  ring(): void;
  /** Resolves once it has rung more often than `known`, or on `signal`. */
  next(known: number, signal?: AbortSignal): Promise<void>;
}

/** A bell that has not rung yet. */
export function createBell(): Bell {
  const waiting = new Set<() => void>();
  let rings = 0;
  return {
    get rings() {
      return rings;
    },
    ring() {
      rings += 1;
      for (const wake of [...waiting]) wake();
    },
    next(known, signal) {
      if (rings > known || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal?.addEventListener('abort', wake);
      });
    },
  };
}
