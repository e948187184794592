// A folder with a dataset under review, and a reviewer who can be scripted.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReviewRow } from '../../../src/app/review/fetch-rows.ts';
import {
  openSession,
  type ReviewSession,
  type SessionRequest,
} from '../../../src/app/review/review-session.ts';
import { reviewStatus } from '../../../src/app/review/review-status.ts';
import type { LogEntry, RejectReason } from '../../../src/dataset/review/entries.ts';

export const rule = { minRows: 50, maxDefectRate: 0.1 };

export interface ReviewFolder {
  dir: string;
  path(name: string): string;
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  request(name: string | string[], changes?: Partial<SessionRequest>): SessionRequest;
  /** Reads until no row is left; what `judge` answers is the verdict. */
  review(name: string | string[], judge: Judge, changes?: Partial<SessionRequest>): Promise<ReviewSession>;
  status(name: string | string[]): ReturnType<typeof reviewStatus>;
  log(name: string): Promise<LogEntry[]>;
  remove(): Promise<void>;
}

export type Judge = (row: ReviewRow, nth: number) => 'accept' | 'skip' | RejectReason | { edit: string };

let clock = 1_790_000_000_000;

export async function makeReviewFolder(): Promise<ReviewFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'lorch-review-'));
  const path = (name: string): string => join(dir, name);
  const request: ReviewFolder['request'] = (name, changes = {}) => ({
    files: [name].flat().map((each) => ({ path: path(each), label: each })),
    format: 'auto',
    reviewer: 'ann',
    tool: 'lorch test',
    now: () => {
      clock += 1000;
      return clock;
    },
    rows: 50,
    what: 'drawn',
    rule,
    ...changes,
  });
  return {
    dir,
    path,
    request,
    write: (name, text) => writeFile(path(name), text),
    read: (name) => readFile(path(name), 'utf8'),
    async review(name, judge, changes) {
      const session = await openSession(request(name, changes));
      for (let nth = 0; ; nth += 1) {
        await session.ready();
        const row = session.current();
        if (!row) break;
        const said = judge(row, nth);
        if (said === 'accept') session.accept();
        else if (said === 'skip') session.skip();
        else if (typeof said === 'string') session.reject(said);
        else {
          const edited = session.edit(said.edit);
          if (edited.outcome !== 'changed') throw new Error(JSON.stringify(edited));
        }
      }
      session.close();
      return session;
    },
    status: (name) => reviewStatus(request(name), rule, dir),
    async log(name) {
      const text = await readFile(path(`${name}.review.jsonl`), 'utf8');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogEntry);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** JSON lines; rows whose number is in `bad` have an answer that says so. */
export function alpacaRows(from: number, to: number, bad: (n: number) => boolean = () => false): string {
  return Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    return `{"instruction":"Question number ${n}?","input":"","output":"${bad(n) ? 'BAD' : 'Good'} answer ${n}."}\n`;
  }).join('');
}

export const isBad = (row: ReviewRow): boolean => row.text.includes('BAD');

/** Rejects what is bad. */
export const honest: Judge = (row) => (isBad(row) ? 'wrong' : 'accept');
