import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportReview } from '../../../src/app/review/export-review.ts';
import { importReview } from '../../../src/app/review/import-review.ts';
import { readSheet, type SheetRow, writeSheet } from '../../../src/app/review/review-sheet.ts';
import type { UserError } from '../../../src/diagnostics/user-error.ts';
import { alpacaRows, makeReviewFolder, type ReviewFolder } from './review-folder.ts';

let folder: ReviewFolder;
beforeEach(async () => {
  folder = await makeReviewFolder();
  await folder.write('a.jsonl', alpacaRows(0, 200));
});
afterEach(() => folder.remove());

const bring = (name: string, reviewer = 'cleo') =>
  importReview({
    ...folder.request('a.jsonl', { reviewer }),
    sheet: { path: folder.path(name), label: name },
  });
const failure = async (name: string): Promise<UserError> =>
  await bring(name).then(
    () => Promise.reject(new Error('it was imported')),
    (error: UserError) => error,
  );

async function filled(
  name: string,
  fill: (row: SheetRow, i: number) => Partial<SheetRow>,
  kind: 'csv' | 'jsonl' = 'jsonl',
): Promise<void> {
  const from = `out.${kind}`;
  await exportReview(folder.request('a.jsonl'), 50, folder.path(from)).catch(() => undefined);
  const rows = readSheet(await folder.read(from), kind).map(({ cells }) => cells as unknown as SheetRow);
  await folder.write(
    name,
    writeSheet(
      rows.map((row, i) => ({ ...row, ...fill(row, i) })),
      kind,
    ),
  );
}

describe('a review without a terminal', () => {
  for (const kind of ['csv', 'jsonl'] as const)
    it(`goes out and comes back as ${kind}, and counts as one read by keys does`, async () => {
      await filled(
        `in.${kind}`,
        (_row, i) =>
          i === 4 ? { verdict: 'Reject', reason: 'too generic', note: '=1+1' } : { verdict: 'accept' },
        kind,
      );
      expect(await bring(`in.${kind}`)).toEqual({ taken: 50, empty: 0, known: 0 });
      expect((await folder.status('a.jsonl')).judgement).toMatchObject({
        read: 50,
        open: 0,
        sample: { defects: 1 },
        passed: true,
      });
      const log = await folder.log('a.jsonl');
      expect(log.map(({ type }) => type).slice(0, 3)).toEqual(['draw', 'import', 'verdict']);
      expect(log[6]).toMatchObject({ verdict: 'reject', reason: 'too-generic', note: '=1+1', position: 4 });
      // The same sheet once more changes nothing; another reviewer's is another voice.
      expect(await bring(`in.${kind}`)).toEqual({ taken: 0, empty: 0, known: 50 });
      expect((await folder.log('a.jsonl')).length).toBe(log.length);
      expect((await bring(`in.${kind}`, 'dora')).taken).toBe(50);
    });

  it('takes edits, and leaves rows without a verdict for later', async () => {
    await filled('in.jsonl', (_row, i) =>
      i === 0
        ? { verdict: 'edit', edit: '{"instruction":"New","output":"Row"}' }
        : i < 10
          ? { verdict: 'accept' }
          : {},
    );
    expect(await bring('in.jsonl')).toEqual({ taken: 10, empty: 40, known: 0 });
    expect((await folder.status('a.jsonl')).judgement).toMatchObject({
      read: 10,
      sample: { rows: 10, defects: 1 },
    });
  });

  it('names every bad line with its reason, and imports nothing of such a sheet', async () => {
    await filled('in.jsonl', (_row, i) => {
      if (i === 0) return { verdict: 'perhaps' };
      if (i === 1) return { verdict: 'reject' };
      if (i === 2) return { verdict: 'reject', reason: 'ugly' };
      if (i === 3) return { verdict: 'accept', reason: 'wrong' };
      if (i === 4) return { row: 'x', verdict: 'accept' };
      if (i === 5) return { row: '0'.repeat(64), verdict: 'accept' };
      if (i === 6) return { verdict: 'edit', edit: '{' };
      if (i === 7) return { reason: 'wrong' };
      if (i === 8) return { verdict: 'edit', edit: '{"instruction":"","output":"x"}' };
      return { verdict: 'accept' };
    });
    const error = await failure('in.jsonl');
    expect(error.code).toBe('V007');
    expect(error.findings.map(({ at }) => at?.line)).toEqual([5, 6, 1, 2, 3, 4, 7, 8, 9]);
    await expect(folder.read('a.jsonl.review.jsonl')).rejects.toThrow('ENOENT');
  });

  it('refuses a row that occurs twice, a file of another kind, and text that is not UTF-8', async () => {
    await filled('in.jsonl', () => ({ verdict: 'accept' }));
    const text = await folder.read('in.jsonl');
    await folder.write('twice.jsonl', text + text.split('\n')[0]);
    expect((await failure('twice.jsonl')).findings).toMatchObject([{ at: { line: 51 } }]);
    await folder.write('other.csv', 'a,b\n1,2\n');
    expect((await failure('other.csv')).message).toContain('row');
    await folder.write('not.jsonl', '[1]\n');
    expect((await failure('not.jsonl')).message).toContain('line 1');
    await expect(bring('a.txt')).rejects.toMatchObject({ code: 'V007' });
    await expect(exportReview(folder.request('a.jsonl'), 5, folder.path('a.jsonl'))).rejects.toMatchObject({
      code: 'D095',
    });
    await expect(exportReview(folder.request('a.jsonl'), 5, folder.path('a.xlsx'))).rejects.toMatchObject({
      code: 'V009',
    });
  });

  it('takes sheets that a spreadsheet saved with semicolons', async () => {
    await filled('in.csv', () => ({ verdict: 'accept' }), 'csv');
    const { stringify } = {
      stringify: (rows: string[][]) =>
        rows.map((cells) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(';')).join('\r\n'),
    };
    const rows = parse(await folder.read('in.csv'), { bom: true }) as string[][];
    await folder.write(
      'semi.csv',
      stringify(rows).replaceAll(/"(row|position|at|turns|findings|verdict|reason|note|edit)"/g, '$1'),
    );
    expect((await bring('semi.csv')).taken).toBe(50);
  });
});

describe('a cell of a sheet', () => {
  it('is never a formula, and comes back as it was', () => {
    const nasty = ['=cmd()', '+1', '-1', '@x', "'=quoted", 'a "b", c\nd', ' spaced ', '\t=x', '; semi'];
    const rows = nasty.map(
      (turns, i): SheetRow => ({
        row: String(i),
        position: i,
        at: '',
        turns,
        findings: '',
        verdict: '',
        reason: '',
        note: turns,
        edit: '',
      }),
    );
    const text = writeSheet(rows, 'csv');
    const cells = (parse(text, { bom: true }) as string[][]).slice(1).map((line) => line[3] ?? '');
    for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(readSheet(text, 'csv').map((line) => line.cells.note)).toEqual(nasty);
  });
});
