// Retries requests to a busy or failing hub, a few times and only for a short time.

const attempts = 4;
/** The hub counts requests in windows of five minutes; who must wait longer than this is told so instead. */
const longestWaitMs = 60_000;

export interface Patience {
  signal?: AbortSignal;
  /** Told before each wait. */
  onWait?: (status: number, waitMs: number) => void;
}

/** Asks until an answer is none of 429, 500, 502, 503, 504: at most four times; the last answer is given back. */
export async function askPatiently(ask: () => Promise<Response>, patience: Patience = {}): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await ask();
    if (!passes(response.status) || attempt === attempts) return response;
    const waitMs = askedWait(response) ?? 500 * 2 ** (attempt - 1);
    if (waitMs > longestWaitMs) return response;
    await response.body?.cancel();
    patience.onWait?.(response.status, waitMs);
    await sleep(waitMs, patience.signal);
  }
}

function passes(status: number): boolean {
  return status === 429 || (status >= 500 && status <= 504 && status !== 501);
}

/** Milliseconds that the answer asks for: Retry-After in seconds or as a date, or the hub's RateLimit (`t=` seconds). */
export function askedWait({ status, headers }: Response, now = Date.now()): number | null {
  const after = headers.get('Retry-After');
  if (after !== null && /^\d+$/.test(after.trim())) return Number(after) * 1000;
  const date = Date.parse(after ?? '');
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  // RateLimit stands on every answer; it is the reason of a 429 alone.
  const reset = status === 429 ? /\bt=(\d+)/.exec(headers.get('RateLimit') ?? '') : null;
  return reset ? Number(reset[1]) * 1000 : null;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
