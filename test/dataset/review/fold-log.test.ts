import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohensKappa, meanKappa, pairAgreements } from '../../../src/dataset/review/agreement.ts';
import { checkPrecision } from '../../../src/dataset/review/check-precision.ts';
import { type LogEntry, parseEntry } from '../../../src/dataset/review/entries.ts';
import { editOf, foldLog, reasonOf } from '../../../src/dataset/review/fold-log.ts';
import { draw, fp, note, settle, undo, verdict } from './log-entries.ts';

const decisionOf = (entries: LogEntry[], row: string) => foldLog(entries).rows.get(fp(row))?.decision;

describe('folding a log', () => {
  it('gives the same state for any order of its lines, and for lines that stand twice', () => {
    const first = verdict('a', 'accept');
    const second = verdict('b', 'reject');
    const other = verdict('a', 'reject', { reviewer: 'bob' });
    const entries: LogEntry[] = [
      draw(10),
      first,
      second,
      undo(second),
      verdict('b', 'accept'),
      other,
      settle('a', 'accept', [first, other]),
      verdict('c', 'skip'),
      note('c', 'hm'),
      verdict('d', 'edit', { codes: ['D101'] }),
      verdict('d', 'accept', { reviewer: 'bob' }),
    ];
    const state = JSON.stringify(plain(entries));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(entries, { minLength: entries.length }),
        fc.subarray(entries),
        (shuffled, twice) => {
          expect(JSON.stringify(plain([...shuffled, ...twice]))).toBe(state);
        },
      ),
      { seed: 1 },
    );
  });

  it('takes back as often as one likes, each verdict by its own reviewer only', () => {
    const entries: LogEntry[] = [verdict('a', 'accept'), verdict('b', 'accept'), verdict('c', 'reject')];
    for (const last of entries.slice().reverse()) entries.push(undo(last));
    expect(foldLog(entries).standing).toEqual([]);
    const mine = verdict('x', 'reject');
    expect(decisionOf([mine, undo(mine, 'bob')], 'x')).toBe('reject');
    expect(decisionOf([mine, undo(mine)], 'x')).toBe(undefined);
  });

  it('lets the last word of a reviewer stand', () => {
    expect(decisionOf([verdict('a', 'reject'), verdict('a', 'accept')], 'a')).toBe('accept');
    expect(decisionOf([verdict('a', 'skip'), verdict('a', 'accept')], 'a')).toBe('accept');
    expect(decisionOf([verdict('a', 'skip')], 'a')).toBe('open');
  });

  it('calls a row disputed where reviewers differ, until that is settled, and again where somebody says something new', () => {
    const ann = verdict('a', 'accept');
    const bob = verdict('a', 'reject', { reviewer: 'bob' });
    expect(decisionOf([ann, bob], 'a')).toBe('disputed');
    const decided = settle('a', 'reject', [ann, bob]);
    expect(decisionOf([ann, bob, decided], 'a')).toBe('reject');
    expect(reasonOf(foldLog([ann, bob, decided]).rows.get(fp('a')) as never)).toBe('other');
    const agreeing = verdict('a', 'reject', { reviewer: 'cleo' });
    expect(decisionOf([ann, bob, decided, agreeing], 'a')).toBe('reject');
    const differing = verdict('a', 'accept', { reviewer: 'cleo' });
    expect(decisionOf([ann, bob, decided, differing], 'a')).toBe('disputed');
  });

  it('calls two different edits a dispute', () => {
    const ann = verdict('a', 'edit');
    const same = verdict('a', 'edit', { reviewer: 'bob' });
    const other = verdict('a', 'edit', {
      reviewer: 'bob',
      edit: { text: '{"x":1}', fingerprint: fp('another edit') },
    });
    expect(decisionOf([ann, same], 'a')).toBe('edit');
    expect(editOf(foldLog([ann, same]).rows.get(fp('a')) as never)?.fingerprint).toBe(fp('a edited'));
    expect(decisionOf([ann, other], 'a')).toBe('disputed');
  });
});

describe('the lines', () => {
  it('are read back as they were written', () => {
    for (const entry of [draw(3, ['z']), verdict('a', 'reject'), verdict('a', 'edit'), note('a', 'x')])
      expect(parseEntry(JSON.stringify(entry))).toEqual({ entry });
  });

  it('are refused where they say half of something', () => {
    const { reason: _r, ...noReason } = verdict('a', 'reject');
    const { edit: _e, ...noEdit } = verdict('a', 'edit');
    for (const wrong of [noReason, noEdit, { ...verdict('a', 'accept'), row: 'abc' }, { v: 1 }, 7])
      expect(parseEntry(JSON.stringify(wrong))).toMatchObject({ newer: false });
    expect(parseEntry('{"v":2,"type":"hologram"}')).toMatchObject({ newer: true });
    expect(parseEntry('  ')).toEqual({ entry: null });
  });
});

describe('agreement', () => {
  it("is Cohen's kappa of the textbook: 20, 5, 10, 15 gives 0.40", () => {
    expect(cohensKappa({ both: 20, onlyA: 5, onlyB: 10, none: 15 })).toBeCloseTo(0.4, 10);
  });

  it('is 1 for two who always agree, 0 for chance, below 0 for two who never do, nothing where there is nothing to tell', () => {
    expect(cohensKappa({ both: 5, onlyA: 0, onlyB: 0, none: 5 })).toBe(1);
    expect(cohensKappa({ both: 25, onlyA: 25, onlyB: 25, none: 25 })).toBe(0);
    expect(cohensKappa({ both: 0, onlyA: 5, onlyB: 5, none: 0 })).toBe(-1);
    expect(cohensKappa({ both: 9, onlyA: 0, onlyB: 0, none: 0 })).toBe(null);
  });

  it('looks at every two reviewers, on the rows both judged', () => {
    const state = foldLog([
      verdict('a', 'accept'),
      verdict('a', 'accept', { reviewer: 'bob' }),
      verdict('b', 'reject'),
      verdict('b', 'edit', { reviewer: 'bob' }),
      verdict('b', 'skip', { reviewer: 'cleo' }),
      verdict('c', 'accept'),
    ]);
    expect(pairAgreements(state)).toEqual([{ reviewers: ['ann', 'bob'], rows: 2, agreement: 1, kappa: 1 }]);
    expect(meanKappa(pairAgreements(state))).toBe(1);
  });
});

describe("a check's precision", () => {
  it('is the share of its reviewed rows that were defects, flagged rows included, undecided ones not', () => {
    const state = foldLog([
      verdict('a', 'reject', { codes: ['D101', 'D102'] }),
      verdict('b', 'accept', { codes: ['D101'], position: null }),
      verdict('c', 'edit', { codes: ['D101'], position: null }),
      verdict('d', 'skip', { codes: ['D102'] }),
    ]);
    expect(checkPrecision(state)).toEqual([
      { code: 'D101', rows: 3, defects: 2, precision: 2 / 3 },
      { code: 'D102', rows: 1, defects: 1, precision: 1 },
    ]);
  });
});

function plain(entries: LogEntry[]) {
  const { rows, draws, standing, reviewers } = foldLog(entries);
  const list = [...rows.values()]
    .map(({ row, verdicts, notes, settled, decision }) => ({
      row,
      verdicts: [...verdicts].sort(([a], [b]) => (a < b ? -1 : 1)),
      notes,
      settled,
      decision,
    }))
    .sort((a, b) => (a.row < b.row ? -1 : 1));
  return { list, draws, standing, reviewers };
}
