// Near-duplicates as findings, one per row and code, for plans, reports and CI.
import type { Finding } from '../../diagnostics/finding.ts';
import type { Check } from '../checks/check.ts';
import { benchmarkLeak } from '../checks/consistency/benchmark-leak.ts';
import { conflictingAnswers } from '../checks/consistency/conflicting-answers.ts';
import { nearDuplicate } from '../checks/consistency/near-duplicate.ts';
import { nearLeak } from '../checks/consistency/near-leak.ts';
import { templateRow } from '../checks/consistency/template-row.ts';
import type { RowFacts } from './inspect-pairs.ts';
import type { NearResult } from './near-duplicates.ts';

/** The decision about a train row. `dropped`: it is dropped because of the kept row `of`. */
export interface NearFinding {
  row: number;
  dropped: boolean;
  finding: Finding;
}

/**
 * Every dropped row, and every kept row with a conflict, a leak or another row of its template. If a row has
 * several such pairs, one of them is named. In row order.
 */
export function nearFindings({ dropped, blocks }: NearResult): NearFinding[] {
  const found: NearFinding[] = [];
  const said = new Set<string>();
  const gone = new Set(dropped.map(({ row }) => row));
  const say = (check: Check, row: RowFacts, of: RowFacts, jaccard: number | null): void => {
    const key = `${row.place.row} ${check.code}`;
    if (said.has(key)) return;
    said.add(key);
    found.push({ row: row.place.row, dropped: gone.has(row), finding: findingOf(check, row, of, jaccard) });
  };
  for (const { row, code, of } of dropped) say(checkOf(code), row, of, null);
  for (const { a, b, class: kind, shared, union } of blocks) {
    const [first, second] = [a.rows[0], b.rows[0]];
    if (!first || !second || first === second) continue;
    for (const [rows, of] of [
      [a.rows, second],
      [b.rows, first],
    ] as const) {
      const check = meaningOf(kind, of);
      if (check)
        for (const row of rows)
          if (row.side === 'train' && !gone.has(row)) say(check, row, of, shared / union);
    }
  }
  return found.sort((x, y) => x.row - y.row || (x.finding.code < y.finding.code ? -1 : 1));
}

const checks = [nearDuplicate, conflictingAnswers, templateRow, nearLeak, benchmarkLeak];

function checkOf(code: string): Check {
  return checks.find((check) => check.code === code) ?? nearDuplicate;
}

function meaningOf(kind: string, of: RowFacts): Check | null {
  if (of.side === 'validation') return nearLeak;
  if (of.side === 'benchmark') return benchmarkLeak;
  if (kind === 'conflict') return conflictingAnswers;
  return kind === 'template' ? templateRow : null;
}

function findingOf(check: Check, { place }: RowFacts, of: RowFacts, jaccard: number | null): Finding {
  const { code, name, severity, hint } = check;
  const where = `${of.place.file}:${of.place.line}`;
  const message = {
    [nearDuplicate.code]: `The row says the same as ${where}.`,
    [conflictingAnswers.code]: `${where} has the same prompt and a different answer.`,
    [templateRow.code]: `The row differs from ${where} only in numbers.`,
    [nearLeak.code]: `The row is a near-duplicate of the validation row ${where}.`,
    [benchmarkLeak.code]: `The row is a near-duplicate of the benchmark row ${where}.`,
  }[code];
  return {
    code,
    name,
    severity,
    message: message ?? check.title,
    hint,
    at: { file: place.file, line: place.line, column: place.column },
    data: { of: { ...of.place }, ...(jaccard !== null && { jaccard }) },
  };
}
