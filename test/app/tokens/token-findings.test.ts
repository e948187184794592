import { expect, it } from 'vitest';
import { trainerCodes } from '../../../src/app/codes/trainer-codes.ts';
import type { Prepared } from '../../../src/app/tokens/prepare-sequences.ts';
import { createRowPlaces } from '../../../src/app/tokens/row-places.ts';
import { placeTokenFindings } from '../../../src/app/tokens/token-findings.ts';

const zero = { p50: 0, p90: 0, p99: 0, max: 0, mean: 0 };
const nothing: Prepared = {
  tokenizer_sha256: '',
  template: { kind: 'model', sha256: '' },
  date: null,
  mask_rule: '',
  streams: ['tokens'],
  cache_version: { rules: '', python: '3.11', packages: {} },
  splits: {},
  lengths: zero,
  trained_lengths: zero,
  uncut_lengths: zero,
  histogram: [],
  largest_id: 0,
  added_tokens: [],
  new_tokens: [],
  dropped: [],
  truncated: [],
  lost_eot: [],
  findings: [],
  versions: {},
};
const codes = new Map((await trainerCodes()).map((doc) => [doc.code, doc]));

it('names every row that was cut or dropped, also those that the trainer only counted', () => {
  const places = createRowPlaces();
  // Rows 1, 4, 7 … were kept, from two lines on each.
  for (let row = 1; row < 300; row += 3) places.add({ row, file: 'a.jsonl', line: row * 2, column: 1 });
  const rows = Array.from({ length: 40 }, (_, i) => 1 + i * 3);
  const worded = rows.slice(0, 20).map((row) => ({
    code: 'T010',
    severity: 'warning' as const,
    message: `${row + 500} tokens cut to 100`,
    row,
    data: { tokens: row + 500, kept: 100 },
  }));
  const counted = {
    code: 'T010',
    severity: 'warning' as const,
    message: '20 more rows',
    row: null,
    data: { rows: 20 },
  };
  const findings = placeTokenFindings(
    {
      ...nothing,
      truncated: rows,
      dropped: [{ row: 121, split: 'train', code: 'T008' }],
      findings: [
        ...worded,
        counted,
        { code: 'T018', severity: 'warning', message: 'one token is two here', row: null },
      ],
    },
    places,
    codes,
  );
  const cut = findings.filter(({ code }) => code === 'T010');
  expect(cut.map(({ at }) => at?.line)).toEqual(rows.map((row) => row * 2));
  expect(cut[0]).toMatchObject({
    name: 'truncated',
    message: '501 tokens cut to 100.',
    data: { tokens: 501 },
  });
  expect(cut[39]?.message).toBe('The row was cut at max_length.');
  expect(findings.filter(({ code }) => code === 'T008')).toMatchObject([
    { severity: 'error', hint: expect.any(String), at: { file: 'a.jsonl', line: 242, column: 1 } },
  ]);
  const whole = findings.find(({ code }) => code === 'T018');
  expect([whole?.at, whole?.message]).toEqual([undefined, 'One token is two here.']);
});

it('has no place for a row that does not exist', () => {
  const places = createRowPlaces();
  places.add({ row: 5, file: 'a.jsonl', line: 6, column: 1 });
  expect([places.find(4), places.find(6), places.find(5)?.line]).toEqual([undefined, undefined, 6]);
});
