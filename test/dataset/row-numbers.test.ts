// Every finding on a row says which row it is, also if all rows are on one line.
import { describe, expect, it } from 'vitest';
import { renderFinding } from '../../src/cli/ui/diagnostic.ts';
import { scanText } from './scan-text.ts';

const row = (answer: string) => `{"instruction":"Say ${answer || 'nothing'}.","output":"${answer}"}`;
const plain = { color: false, columns: 80 };

describe('row numbers', () => {
  const answers = ['one.', '', 'three.', ''];

  it('tell the rows of an array on one line apart, with the column of each', async () => {
    const text = `[${answers.map(row).join(', ')}]`;
    const { findings } = await scanText([{ text, label: 'rows.json' }]);
    const empty = findings.filter(({ code }) => code === 'D014');
    expect(empty.map((finding) => finding.row)).toEqual([1, 3]);
    const columns = empty.map(({ at }) => at?.column ?? 0);
    expect(columns.map((column) => text.slice(column - 1, column + 1))).toEqual(['""', '""']);
    expect(empty.map((finding) => renderFinding(finding, plain).split('\n')[0])).toEqual([
      `rows.json:1:${columns[0]} error D014 empty-answer row 1`,
      `rows.json:1:${columns[1]} error D014 empty-answer row 3`,
    ]);
  });

  it('count on over several files, and are not repeated if the line says it', async () => {
    const text = answers.map(row).join('\n');
    const { findings } = await scanText([
      { text, label: 'a.jsonl' },
      { text: text.replaceAll('three', 'four').replaceAll('one', 'five'), label: 'b.jsonl' },
    ]);
    const empty = findings.filter(({ code }) => code === 'D014');
    expect(empty.map((finding) => finding.row)).toEqual([1, 3, 5, 7]);
    const first = empty.map((finding) => renderFinding(finding, plain).split('\n')[0] ?? '');
    expect(first[0]).toMatch(/^a\.jsonl:2:\d+ error D014 empty-answer$/);
    expect(first[2]).toMatch(/^b\.jsonl:2:\d+ error D014 empty-answer row 5$/);
  });

  it('are there for repeated rows and for checks over all rows, and not for the file', async () => {
    const text = `${row('one.')}\n\n${row('one.')}\n`;
    const { findings } = await scanText([{ text, label: 'rows.jsonl' }]);
    expect(findings.map(({ code, row: number }) => [code, number])).toEqual([
      ['D006', undefined],
      ['D050', 1],
    ]);
  });
});
