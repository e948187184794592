// Reads the output of a run's trainer, or its events, from the run folder.
import { setTimeout as sleep } from 'node:timers/promises';
import { createLineRedactor, createRedactor, redactJsonLine } from '../../diagnostics/secrets.ts';
import { readBytes } from '../../hosts/read-files.ts';
import { type AttemptRow, listAttempts } from '../../store/attempts.ts';
import { homeView, openAttempt } from '../../supervise/attempt-context.ts';
import { type SuperviseDeps, timingOf } from '../../supervise/deps.ts';
import type { Followers } from '../../supervise/followers.ts';
import { lastLinesFrom } from '../files/last-lines.ts';
import { chooseAttempt } from './choose-attempt.ts';

export interface LogRequest {
  run: string;
  /** Number of the attempt; by default the latest that began. */
  attempt?: number;
  /** events.jsonl instead of train.log. */
  events?: boolean;
  /** Only this many last lines. */
  tail?: number;
  /** Continue until the run has ended. */
  follow?: boolean;
  signal?: AbortSignal;
}

const chunkBytes = 256 * 1024;
const zeros = Buffer.alloc(chunkBytes);
/** Longer than any private key. */
const lookBack = 16 * 1024;

/**
 * Lines without newline and without secrets, as soon as they are written; an incomplete last line comes when the
 * reading ends. Throws UserError U101, U102, U109 (no such attempt).
 */
export async function* readLogs(
  { deps, followers }: { deps: SuperviseDeps; followers: Followers },
  request: LogRequest,
): AsyncGenerator<string> {
  let reading = chooseAttempt(deps.store, request.run, request.attempt);
  const { run } = reading;
  // Following the log also updates the database, and shows when the run has ended.
  const seat = request.follow ? followers.join(run) : null;
  try {
    for (;;) {
      yield* readAttempt(deps, reading, request, () => !seat || seat.over || isOver(deps, reading));
      if (request.signal?.aborted) return;
      const next = request.attempt === undefined ? chooseAttempt(deps.store, run) : reading;
      if (next.n === reading.n) break;
      reading = next;
    }
    if (seat?.over || request.attempt === undefined) await seat?.end(request.signal);
  } finally {
    seat?.leave();
  }
}

function isOver(deps: SuperviseDeps, { run, n }: AttemptRow): boolean {
  const state = listAttempts(deps.store, run).find((each) => each.n === n)?.state;
  return state === 'finished' || state === 'abandoned';
}

async function* readAttempt(
  deps: SuperviseDeps,
  row: AttemptRow,
  { events, tail, signal }: LogRequest,
  isOverNow: () => boolean,
): AsyncGenerator<string> {
  const { host, paths } = homeView(await openAttempt(deps, row, 0, null));
  const file = events ? paths.events : paths.log;
  let at = tail === undefined ? 0 : await lastLinesFrom(host, file, tail);
  const redact = createRedactor(deps.env);
  const redactLine = events ? (line: string) => redactJsonLine(line, redact) : createLineRedactor(redact);
  // A private key may begin before the requested lines.
  const before = events
    ? ''
    : (await readBytes(host, file, Math.max(0, at - lookBack), Math.min(at, lookBack))).toString();
  for (const line of before.split('\n').slice(0, -1)) redactLine(line);
  while (!signal?.aborted) {
    // Ask before reading, so that everything written before the end is certainly read.
    const over = isOverNow();
    const bytes = await readBytes(host, file, at, chunkBytes);
    const whole = bytes.lastIndexOf(10) + 1;
    // A progress bar may be one endless line, so a full chunk without a newline is passed on.
    const take =
      whole > 0 ? whole : bytes.length === chunkBytes || (over && bytes.length > 0) ? bytes.length : 0;
    if (take > 0) {
      at += take;
      // A hole in the file, which a full or failing disk can leave.
      if (take === chunkBytes && bytes.equals(zeros)) continue;
      const text = bytes.toString('utf8', 0, take);
      for (const line of (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')) yield redactLine(line);
    } else if (over) return;
    else await sleep(timingOf(deps).pollMs);
  }
}
