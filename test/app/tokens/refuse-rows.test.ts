// What happens to rows that the tokenisation cannot train on is what `lorch explain` says of their code.
import { describe, expect, it } from 'vitest';
import { trainerCodes } from '../../../src/app/codes/trainer-codes.ts';
import { summarisePrepared } from '../../../src/app/plan/plan-findings.ts';
import { type RowFate, refuseRows, refusingCodes } from '../../../src/app/tokens/refuse-rows.ts';
import { UserError } from '../../../src/diagnostics/user-error.ts';

const tokenCodes = (await trainerCodes()).filter(({ code }) => code.startsWith('T'));
const docOf = (code: string) => tokenCodes.find((doc) => doc.code === code);
const names = new Map(tokenCodes.map(({ code, name }) => [code, name]));

const prepared = (code: string, severity: 'error' | 'warning' = 'error') => ({
  dropped: [
    { row: 3, split: 'train', code },
    { row: 8, split: 'train', code },
  ],
  findings: [3, 8].map((row) => ({
    code,
    severity,
    message: 'it does not fit',
    hint: 'mend it',
    row,
    data: null,
  })),
});
const places = new Map([3, 8].map((row) => [row, { file: 'a.jsonl', line: row + 1 }]));

const fates: RowFate[] = [
  { onError: 'refuse', truncate: 'right' },
  { onError: 'drop', truncate: 'right' },
  { onError: 'refuse', truncate: 'drop' },
  { onError: 'drop', truncate: 'refuse' },
];
// Code → whether each of the fates refuses the plan.
const table: Record<string, boolean[]> = {
  T005: [true, false, true, false],
  T006: [true, false, true, false],
  T007: [true, false, true, false],
  T008: [true, false, true, false],
  T009: [true, false, true, false],
  T012: [true, false, true, false],
  T020: [true, false, true, false],
  T030: [false, false, false, true],
};

describe.each(Object.entries(table))('%s', (code, refuses) => {
  it('refuses the plan, or lets its rows go, as lorch explain says', () => {
    const prose = docOf(code)?.prose ?? '';
    if (code === 'T030')
      expect(prose).toMatch(/`drop` it is dropped with this code.*`refuse` it refuses the plan/);
    else
      expect(prose).toMatch(
        /`dataset.on_error: refuse` such a row refuses the plan; with `drop` it is dropped/,
      );
    for (const [i, fate] of fates.entries())
      expect([fate, refusingCodes(prepared(code), fate).has(code)]).toEqual([fate, refuses[i]]);
  });

  it('names the rows where it refuses, and says what to type', () => {
    const refuse = () => refuseRows(prepared(code), new Set([code]), places, names);
    expect(refuse).toThrow(UserError);
    try {
      refuse();
    } catch (error) {
      const { code: thrown, findings, hint } = error as UserError;
      expect([thrown, findings?.map(({ at }) => at?.line)]).toEqual(['P002', [4, 9]]);
      expect(hint).toContain(code === 'T030' ? 'dataset.truncate: drop' : 'dataset.on_error: drop');
    }
    expect(() => refuseRows(prepared(code), new Set(), places, names)).not.toThrow();
  });

  it('is a warning in the plan once its rows were dropped, so that nothing stops the launch', () => {
    const [found] = summarisePrepared(prepared(code), places, names);
    expect([found?.severity, found?.message]).toEqual([
      'warning',
      '2 rows were dropped, first: it does not fit',
    ]);
  });
});

it('a code of a row is in the table, or keeps the row', () => {
  const keeping = ['T010', 'T011', 'T013', 'T015', 'T024', 'T031'];
  const ofTheWhole = [
    'T001',
    'T002',
    'T003',
    'T004',
    'T014',
    'T016',
    'T017',
    'T018',
    'T019',
    'T021',
    'T022',
    'T023',
    'T025',
    'T026',
    'T040',
    'T041',
    'T042',
    'T043',
  ];
  expect(tokenCodes.map(({ code }) => code)).toEqual(
    [...Object.keys(table), ...keeping, ...ofTheWhole].sort(),
  );
  for (const code of keeping) {
    expect([code, docOf(code)?.severity]).toEqual([code, 'warning']);
    const { findings } = prepared(code, 'warning');
    expect(summarisePrepared({ findings, dropped: [] }, places, names)[0]?.severity).toBe('warning');
  }
});
