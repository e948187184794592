// Accepted findings. The file names what they are about instead of line numbers, because rows may move.
import { access, readFile } from 'node:fs/promises';
import { checks } from '../../../dataset/checks/index.ts';
import type { Finding } from '../../../diagnostics/finding.ts';
import { systemReason } from '../../../diagnostics/system-error.ts';
import { UserError } from '../../../diagnostics/user-error.ts';
import { streamToFile } from '../../files/stream-to-file.ts';

/** One line of a baseline: a check's findings about one row, or about one file. */
interface Entry {
  code: string;
  /** The first 32 hex digits of the row's fingerprint. */
  row?: string;
  /** The file as shown to users, if the finding is about a file or occurs once per file. */
  file?: string;
  /** Distinguishes findings that occur once per file. */
  message?: string;
  /** How many findings; 1 if absent. */
  count?: number;
}

export interface Baseline {
  /** As shown to users. */
  file: string;
  /** Whether the finding was accepted before. Each entry accepts as many findings as its count says. */
  accepts(finding: Finding, fingerprint: string | null): boolean;
  /** Accepted findings by severity. */
  accepted(): { error: number; warning: number };
  /** Entries that are no longer found, by code; only of checks that ran. */
  stale(ran: ReadonlySet<string>): Record<string, number>;
}

/** Hex digits that identify a row; enough that billions of rows do not collide. */
export const rowDigits = 32;

const oncePerFile = new Set(checks.filter((check) => check.oncePerFile).map(({ code }) => code));

function entryOf({ code, message, at }: Finding, fingerprint: string | null): Entry {
  const file = at?.file ?? '';
  if (oncePerFile.has(code)) return { code, file, message };
  return fingerprint === null ? { code, file } : { code, row: fingerprint.slice(0, rowDigits) };
}

// Sorts by code, then rows, then files.
function keyOf({ code, row, file, message }: Entry): string {
  return JSON.stringify([code, row ?? '~', file ?? '', message ?? '']);
}

/** Reads a baseline. Throws UserError D198 if the file is not a baseline. */
export async function readBaseline(path: string, label: string): Promise<Baseline> {
  const left = await readEntries(path, label);
  const accepted = { error: 0, warning: 0 };
  return {
    file: label,
    accepts(finding, fingerprint) {
      if (finding.severity === 'note') return false;
      const entry = left.get(keyOf(entryOf(finding, fingerprint)));
      if (!entry || entry.count === 0) return false;
      entry.count -= 1;
      accepted[finding.severity] += 1;
      return true;
    },
    accepted: () => accepted,
    stale(ran) {
      const counts: Record<string, number> = {};
      for (const { code, count } of left.values())
        if (count > 0 && ran.has(code)) counts[code] = (counts[code] ?? 0) + count;
      return counts;
    },
  };
}

type Entries = Map<string, { code: string; count: number }>;

/** The entries of a baseline by what they are about. Throws UserError D198 if the file is not a baseline. */
async function readEntries(path: string, label: string): Promise<Entries> {
  const entries: Entries = new Map();
  for (const entry of parseBaseline(await readText(path, label), label)) {
    const key = keyOf(entry);
    entries.set(key, { code: entry.code, count: (entries.get(key)?.count ?? 0) + (entry.count ?? 1) });
  }
  return entries;
}

/** Reads the file that `--write-baseline` would overwrite; null if there is none. Throws UserError D095 if it is not a baseline. */
export async function readReplaced(path: string, label: string): Promise<Entries | null> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) return null;
  return await readEntries(path, label).catch((error: unknown) => {
    if (!(error instanceof UserError && error.code === 'D198')) throw error;
    throw new UserError('D095', `${label} exists and is not a baseline, so it is not overwritten.`, {
      hint: 'name another file, or remove that one',
      cause: error,
    });
  });
}

/** How a baseline differs from the one that it replaces, in findings. */
export interface Replaced {
  kept: number;
  added: number;
  removed: number;
}

export interface BaselineWriter {
  add(finding: Finding, fingerprint: string | null): void;
  /** How many findings the baseline accepts. */
  size(): number;
  compare(before: Entries): Replaced;
  /** Writes the whole file, sorted, so that the same findings give the same bytes. */
  write(path: string): Promise<void>;
}

/** Collects errors and warnings. Notes never fail a check, so they need no acceptance. */
export function createBaselineWriter(): BaselineWriter {
  const entries = new Map<string, Entry>();
  let size = 0;
  return {
    add(finding, fingerprint) {
      if (finding.severity === 'note') return;
      const entry = entryOf(finding, fingerprint);
      const key = keyOf(entry);
      const known = entries.get(key);
      size += 1;
      if (known) known.count = (known.count ?? 1) + 1;
      else entries.set(key, entry);
    },
    size: () => size,
    compare(before) {
      let kept = 0;
      for (const [key, { count = 1 }] of entries) kept += Math.min(count, before.get(key)?.count ?? 0);
      const all = [...before.values()].reduce((sum, { count }) => sum + count, 0);
      return { kept, added: size - kept, removed: all - kept };
    },
    async write(path) {
      const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
      await streamToFile(path, (write) => {
        write(`${JSON.stringify(opening)}\n`);
        for (const entry of sorted) write(`${JSON.stringify(entry)}\n`);
      });
    },
  };
}

const opening = { lorch: 1, holds: 'accepted findings of lorch data check' };

async function readText(path: string, label: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const hint = `write it with --write-baseline ${label}`;
    throw new UserError('D198', `The baseline ${label} cannot be read: ${systemReason(error)}.`, {
      hint,
      cause: error,
    });
  }
}

function parseBaseline(text: string, label: string): Entry[] {
  const [first, ...lines] = text.split('\n');
  const parse = (line: string): Record<string, unknown> | null => {
    try {
      const value = JSON.parse(line) as unknown;
      return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
    } catch {
      return null;
    }
  };
  const refuse = (line: number): never => {
    throw new UserError('D198', `${label}:${line} is not a line of a baseline.`, {
      hint: 'write the file again with --write-baseline; after a merge, keep both sides’ lines',
    });
  };
  if (parse(first ?? '')?.holds !== opening.holds) refuse(1);
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const entry = parse(line) as Entry | null;
    // Two files joined into one text have two header lines.
    if ((entry as { holds?: string } | null)?.holds === opening.holds) return [];
    if (typeof entry?.code !== 'string' || (entry.count !== undefined && !(entry.count > 0)))
      return refuse(i + 2);
    return [entry];
  });
}
