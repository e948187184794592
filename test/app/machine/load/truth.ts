// What a run's files say: every event with the place after it, and what is known of the run there.
import { readFile } from 'node:fs/promises';
import type { RunCursor } from '../../../../src/run/cursor.ts';
import { parseEvent } from '../../../../src/run/events.ts';
import { attemptPaths } from '../../../../src/run/layout.ts';

export interface Known {
  step: number | null;
  tokens: number | null;
  points: number;
  last: number | null;
  /** Events that are not steps. */
  stored: number;
  lines: number;
}

export interface Truth {
  /** `attempt:bytes` after each event, in order. */
  places: string[];
  /** How many events are before a cursor. */
  count(cursor: RunCursor): number;
  /** What the run's state is exactly at a cursor. */
  at(cursor: RunCursor): Known;
}

/** Reads all attempts of a run, by no means that lorch itself uses to follow one. */
export async function readTruth(runDir: string, attempts: number): Promise<Truth> {
  const places: string[] = [];
  const counts = new Map<string, number>();
  const states = new Map<string, Known>();
  let known: Known = { step: null, tokens: null, points: 0, last: null, stored: 0, lines: 0 };
  const mark = (attempt: number, bytes: number): void => {
    counts.set(`${attempt}:${bytes}`, places.length);
    states.set(`${attempt}:${bytes}`, known);
  };
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    mark(attempt, 0);
    const text = await readFile(attemptPaths(runDir, attempt).events, 'latin1');
    let bytes = 0;
    for (const line of text.split('\n').slice(0, -1)) {
      bytes += line.length + 1;
      known = { ...known, lines: known.lines + 1 };
      const parsed = parseEvent(line);
      if (parsed.ok) {
        const { event } = parsed;
        if (event.type === 'step') {
          const { step, tokens } = event;
          known = { ...known, step, tokens, points: step, last: step };
        } else known = { ...known, stored: known.stored + 1 };
        if (event.type === 'hello' && event.resumed_from_step !== null) {
          const from = event.resumed_from_step;
          known = { ...known, step: from, points: from, last: from };
        }
        places.push(`${attempt}:${bytes}`);
      }
      mark(attempt, bytes);
    }
  }
  const find = <T>(map: Map<string, T>, { attempt, bytes }: RunCursor): T => {
    const found = map.get(`${attempt}:${bytes}`);
    if (found === undefined) throw new Error(`no line ends at ${attempt}:${bytes}`);
    return found;
  };
  return { places, count: (cursor) => find(counts, cursor), at: (cursor) => find(states, cursor) };
}
