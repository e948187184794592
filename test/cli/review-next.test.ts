// What a reviewer is told to type next.
import { describe, expect, it } from 'vitest';
import { nextStep, stepAfterFindings } from '../../src/app/review/next-step.ts';
import { reviewCommand } from '../../src/cli/review-next.ts';
import type { Judgement } from '../../src/dataset/review/judge-review.ts';

const judgement = (changes: Partial<Judgement>): Judgement => ({
  mode: 'sample',
  read: 20,
  open: 1,
  disputed: 0,
  sample: { rows: 21, defects: 2, bound: 0.27 },
  pooled: null,
  bound: 0.27,
  passed: false,
  moreClean: 40,
  ...changes,
});
const next = (changes: Partial<Judgement>, changed = false) =>
  reviewCommand('a.jsonl', nextStep(judgement(changes), changed));

describe('the next command of a review', () => {
  it('settles disputes first, then asks for the rows that are missing', () => {
    expect(next({ disputed: 1 }, true)).toBe('lorch data review a.jsonl --settle');
    expect(next({}, true)).toBe('lorch data review a.jsonl --rows 61');
  });

  it('trains on what passed, and writes the new version where a verdict changes rows', () => {
    expect(next({ passed: true, moreClean: 0 })).toBe('lorch train CONFIG');
    expect(next({ passed: true, moreClean: 0 }, true)).toBe(
      'lorch data review a.jsonl --finish -o NEW.jsonl',
    );
  });

  it('does not ask for more rows where none would help', () => {
    expect(next({ mode: 'exact', moreClean: null }, true)).toBe(
      'lorch data review a.jsonl --finish -o NEW.jsonl',
    );
  });

  it('asks for no number of rows that are read for their findings', () => {
    const looked = (changes: Partial<Judgement>) =>
      reviewCommand('a.jsonl', stepAfterFindings(judgement(changes), false));
    expect(looked({})).toBe('lorch data review a.jsonl');
    expect(looked({ disputed: 2 })).toBe('lorch data review a.jsonl --settle');
    expect(looked({ passed: true, moreClean: 0 })).toBe('lorch train CONFIG');
  });
});
