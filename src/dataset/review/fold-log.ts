// Combines the lines of a log to the state of each row. The order of lines does not matter, and lines may repeat:
// git merges two reviewers' logs by keeping the lines of both.
import type { DrawEntry, LogEntry, NoteEntry, RejectReason, SettleEntry, VerdictEntry } from './entries.ts';

/** The combined decision of all reviewers on a row. */
export type Decision = 'accept' | 'reject' | 'edit' | 'disputed' | 'open';

export interface RowReview {
  row: string;
  /** The current verdict of each reviewer; a skip counts if no other verdict followed. */
  verdicts: Map<string, VerdictEntry>;
  notes: NoteEntry[];
  /** Who settled the dispute, if the settlement is still valid. */
  settled: SettleEntry | null;
  decision: Decision;
}

export interface ReviewState {
  rows: Map<string, RowReview>;
  /** One for each dataset fingerprint, the earliest first. */
  draws: DrawEntry[];
  /** Verdicts, notes and settlements that were not taken back, earliest first. */
  standing: (VerdictEntry | NoteEntry | SettleEntry)[];
  /** All reviewers with entries that were not taken back, by name. */
  reviewers: string[];
}

/** Folds a log. Pure: the same set of lines gives the same state. */
export function foldLog(entries: Iterable<LogEntry>): ReviewState {
  const unique = new Map<string, LogEntry>();
  for (const entry of entries) if (!unique.has(entry.id)) unique.set(entry.id, entry);
  const undone = new Set<string>();
  // A reviewer cannot take back another reviewer's entry.
  for (const entry of unique.values())
    if (entry.type === 'undo' && unique.get(entry.of)?.reviewer === entry.reviewer) undone.add(entry.of);
  const ordered = [...unique.values()]
    .filter(({ id }) => !undone.has(id))
    .sort((a, b) => a.at_ms - b.at_ms || (a.id < b.id ? -1 : 1));
  const draws = new Map<string, DrawEntry>();
  const rows = new Map<string, RowReview>();
  const settles = new Map<string, SettleEntry[]>();
  const standing: ReviewState['standing'] = [];
  const rowOf = (row: string): RowReview => {
    const known = rows.get(row);
    if (known) return known;
    const made: RowReview = { row, verdicts: new Map(), notes: [], settled: null, decision: 'open' };
    rows.set(row, made);
    return made;
  };
  for (const entry of ordered) {
    if (entry.type === 'draw') {
      const key = drawKey(entry);
      if (!draws.has(key)) draws.set(key, entry);
    } else if (entry.type === 'verdict') {
      rowOf(entry.row).verdicts.set(entry.reviewer, entry);
      standing.push(entry);
    } else if (entry.type === 'note') {
      rowOf(entry.row).notes.push(entry);
      standing.push(entry);
    } else if (entry.type === 'settle') {
      settles.set(entry.row, [...(settles.get(entry.row) ?? []), entry]);
      standing.push(entry);
    }
  }
  for (const row of rows.values()) {
    row.settled = settles.get(row.row)?.findLast((entry) => stillSettles(entry, row)) ?? null;
    row.decision = row.settled ? row.settled.verdict : decide([...row.verdicts.values()]);
  }
  const reviewers = [...new Set(standing.map(({ reviewer }) => reviewer))].sort();
  return { rows, draws: [...draws.values()], standing, reviewers };
}

/** The files of a draw, and their version. */
function drawKey({ dataset, files }: DrawEntry): string {
  return JSON.stringify([dataset, files ?? []]);
}

/** Whether a decision counts as a defect. */
export function isDefect(decision: Decision): boolean {
  return decision === 'reject' || decision === 'edit' || decision === 'disputed';
}

/** The edit of a row's decision; null if it is not an edit. */
export function editOf({
  decision,
  settled,
  verdicts,
}: RowReview): { text: string; fingerprint: string } | null {
  if (decision !== 'edit') return null;
  if (settled) return settled.edit ?? null;
  return [...verdicts.values()].find(({ verdict }) => verdict === 'edit')?.edit ?? null;
}

/** Why a row is rejected: the settlement's reason, or the first reviewer's. */
export function reasonOf({ settled, verdicts }: RowReview): RejectReason | null {
  if (settled) return settled.reason ?? null;
  return [...verdicts.values()].find(({ reason }) => reason !== undefined)?.reason ?? null;
}

function decide(verdicts: readonly VerdictEntry[]): Decision {
  const said = verdicts.filter(({ verdict }) => verdict !== 'skip');
  const [first] = said;
  if (!first) return 'open';
  const same = said.every(
    (each) => each.verdict === first.verdict && each.edit?.fingerprint === first.edit?.fingerprint,
  );
  return same ? (first.verdict as 'accept' | 'reject' | 'edit') : 'disputed';
}

// A settlement is valid until somebody gives a verdict that differs from it and from those it settled.
function stillSettles(entry: SettleEntry, { verdicts }: RowReview): boolean {
  return [...verdicts.values()].every(
    (each) =>
      each.verdict === 'skip' ||
      entry.of.includes(each.id) ||
      (each.verdict === entry.verdict && each.edit?.fingerprint === entry.edit?.fingerprint),
  );
}
