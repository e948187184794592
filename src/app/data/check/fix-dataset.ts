// `lorch data check --fix`: the fixes that are certain, row by row; shown, and written into a copy if one is asked for.

import type { LedgerEntry } from '../../../dataset/ledger.ts';
import { applyFixes, trimFix } from '../../../dataset/scan/apply-fixes.ts';
import type { FoundRow } from '../../../dataset/scan/scan-types.ts';
import { maskPrivateData } from '../../../dataset/text/private-data.ts';
import { pointerTokens } from '../../../dataset/text-position.ts';
import type { Finding, Place, TextFix } from '../../../diagnostics/finding.ts';
import type { FixCopy, FixedRow } from './fix-copy.ts';

/** One fix to show, with the text around it; secrets and personal data are masked. */
export interface ShownFix {
  at: Place | undefined;
  left: string;
  removed: string;
  added: string;
  right: string;
}

/** The result of the fixes of one check. */
export interface FixedCode {
  code: string;
  name: string;
  /** Fixes that were applied, or would be. */
  count: number;
  /** Fixes that were not applied, because another fix changes the same characters. Checking the copy finds them again. */
  skipped: number;
  shown: ShownFix[];
}

export interface Fixed {
  /** Rows that change. */
  rows: number;
  /** Those of them that a run would keep. */
  kept: number;
  /** The most frequent first. */
  codes: FixedCode[];
  /** The copy, as the user named it; null if nothing was written. */
  writtenTo: string | null;
}

export interface Fixer {
  add(finding: Finding, row: FoundRow | null): void;
  /** After the findings of a row. */
  onLedger(entry: LedgerEntry): void | Promise<void>;
  /** Called after the last row; publishes the copy, if there is one. */
  end(): Promise<Fixed>;
  dispose(): Promise<void>;
}

type FixFinding = Finding & { fix: TextFix };

/** Applies fixes as rows pass. Keeps `shown` fixes of each check for display; `copy` receives the rows, or is null. */
export function createFixer(shown: number, copy: FixCopy | null): Fixer {
  const codes = new Map<string, FixedCode>();
  const totals = { rows: 0, kept: 0 };
  let row: FoundRow | null = null;
  let found: FixFinding[] = [];

  const note = (finding: FixFinding, text: string, applied: boolean): void => {
    const { code, name } = finding;
    const known = codes.get(code) ?? { code, name, count: 0, skipped: 0, shown: [] };
    codes.set(code, known);
    known[applied ? 'count' : 'skipped'] += 1;
    if (applied && known.shown.length < shown) known.shown.push(showFix(finding, text));
  };

  // Null if the row is unchanged.
  const settle = (): FixedRow | null => {
    if (!row || found.length === 0) return null;
    const { line, column, text } = row;
    if (text === null) return null;
    const fixes = found.map(({ fix, at }) => ({ pointer: at?.pointer ?? '', fix }));
    const { text: after, applied } = applyFixes(text, fixes);
    for (const [i, finding] of found.entries()) note(finding, text, applied[i] === true);
    const first = found[applied.indexOf(true)];
    return first && after !== text ? { line, column, before: text, after, code: first.code } : null;
  };

  return {
    add(finding, of) {
      const { fix } = finding;
      if (!fix || !of) return;
      if (row?.row !== of.row) found = [];
      row = of;
      found.push({ ...finding, fix });
    },
    onLedger(entry) {
      const change = row?.row === entry.row ? settle() : null;
      row = null;
      found = [];
      if (change) {
        totals.rows += 1;
        if (entry.fate !== 'dropped') totals.kept += 1;
      }
      return copy?.row(entry, change);
    },
    async end() {
      await copy?.publish();
      const sorted = [...codes.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
      return { ...totals, codes: sorted, writtenTo: copy?.label ?? null };
    },
    async dispose() {
      await copy?.dispose();
    },
  };
}

const unitsAround = 60;
/** A secret that begins or ends outside the window is still masked inside it, up to this distance. */
const maskedAround = 4_000;

function showFix({ at, fix }: FixFinding, text: string): ShownFix {
  const value = valueAt(JSON.parse(text), at?.pointer ?? '');
  const { from, to, text: put } = trimFix(value, fix);
  const around = Math.max(0, from - maskedAround);
  const end = to + maskedAround;
  const masked = maskPrivateData(value.slice(around, end));
  const after = maskPrivateData(value.slice(around, from) + put + value.slice(to, end));
  const cut = (a: number, b: number): string =>
    masked.slice(Math.max(0, a - around), Math.max(0, b - around));
  return {
    at: at && { ...at, ...(at.pointer && { pointer: maskPrivateData(at.pointer) }) },
    left: `${from > unitsAround ? '…' : ''}${cut(Math.max(0, from - unitsAround), from)}`,
    removed: cut(from, to),
    added: after.slice(from - around, from - around + put.length),
    right: `${cut(to, to + unitsAround)}${to + unitsAround < value.length ? '…' : ''}`,
  };
}

function valueAt(row: unknown, pointer: string): string {
  let value = row;
  for (const token of pointerTokens(pointer)) value = (value as Record<string, unknown> | null)?.[token];
  return typeof value === 'string' ? value : '';
}
