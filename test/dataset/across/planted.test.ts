// Checks across rows on datasets with planted patterns: what they say, where, and what they leave alone.
import { describe, expect, it } from 'vitest';
import { sampleRows } from '../../../src/dataset/across/sample-rows.ts';
import type { ScanOptions } from '../../../src/dataset/scan/scan-types.ts';
import { scanText } from '../scan-text.ts';

async function said(text: string, checks: ScanOptions['checks'] = {}): Promise<string[]> {
  const { findings } = await scanText([{ text, label: 'a.jsonl' }], { checks });
  return findings
    .filter(({ code }) => /^D1[45]/.test(code))
    .map(({ code, at, message }) => `${at?.line} ${code} ${message}`);
}

const many = (count: number, rowOf: (i: number) => unknown): string =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify(rowOf(i))}\n`).join('');

/** Rows with answers of their own. */
const row = (i: number, more: Record<string, unknown> = {}) => ({
  instruction: `Describe exhibit ${i} in a line`,
  input: '',
  output: `${['Oak', 'Tin', 'Wool', 'Clay', 'Silk'][i % 5]} exhibit ${i} came from hall ${i * 7}.`,
  ...more,
});

describe('generic-answer', () => {
  it('names the answer, its share and the first places', async () => {
    const text = many(100, (i) => row(i, i % 10 === 3 ? { output: 'I would rather not say a word.' } : {}));
    expect(await said(text)).toEqual([
      '4 D140 The answer "I would rather not say a word." is in 10 of 100 rows (10 %), under different prompts. Also at lines 14, 24, 34 and more.',
    ]);
  });

  it('takes the few answers of a classification for labels, even where they are sentences', async () => {
    const labels = ['The team is billing.', 'The team is shipping.', 'The team is returns.'];
    expect(await said(many(100, (i) => row(i, { output: labels[i % 3] })))).toEqual([]);
  });

  it('does not take one answer to everything for a set of labels', async () => {
    const [finding] = await said(
      many(50, (i) => row(i, { output: 'There is nothing to be said about it.' })),
    );
    expect(finding).toContain('is in 50 of 50 rows (100 %)');
  });
});

describe('label-variants', () => {
  const labels = (i: number) =>
    i === 7 ? 'very-good' : i === 9 ? ' Very good.' : i % 2 ? 'Very good' : 'Not good';

  it('counts the ways in which one label is written, and points at the rarer ones', async () => {
    expect(await said(many(60, (i) => row(i, { output: labels(i) })))).toEqual([
      '10 D144 The label "Very good" is written in 3 ways: "Very good" 28, " Very good." 1, "very-good" 1. Also at line 8.',
    ]);
  });

  it('does not report free text with repetitions', async () => {
    expect(await said(many(60, (i) => row(i, i < 20 ? { output: i % 2 ? 'Yes' : 'yes' } : {})))).toEqual([]);
  });
});

describe('checks of style', () => {
  it('say nothing where rows are divided, and nothing where all agree', async () => {
    const divided = sampleRows((each, i) => (i % 3 ? each : { ...each, output: each.output.slice(0, -1) }));
    expect(await said(divided)).toEqual([]);
    expect(await said(sampleRows())).toEqual([]);
  });

  it('follow their thresholds', async () => {
    const divided = sampleRows((each, i) => (i % 3 ? each : { ...each, output: each.output.slice(0, -1) }));
    const [finding] = await said(divided, { 'final-punctuation': { share: 0.6 } });
    expect(finding).toContain('D145 8 of 24 one-line answers (33 %) end without a full stop');
  });

  it('leave out a row that silences them', async () => {
    const silent = sampleRows((each, i) =>
      i === 2
        ? {
            ...each,
            output: each.output.slice(0, -1),
            lorch: { ignore: ['final-punctuation', 'mixed-keys'] },
          }
        : each,
    );
    expect(await said(silent)).toEqual([]);
  });
});

describe('system prompts', () => {
  const system = 'You answer questions about exhibits of a museum in one line.';

  it('are missing in a few rows', async () => {
    expect(await said(many(40, (i) => (i === 11 ? row(i) : { system, ...row(i) })))).toEqual([
      '12 D152 1 of 40 rows (2.5 %) is without a system prompt, unlike the others.',
    ]);
  });

  it('differ by little, and the difference is shown', async () => {
    const [finding] = await said(
      many(40, (i) => ({ system: i < 3 ? `${system.slice(0, -1)}!` : system, ...row(i) })),
    );
    expect(finding).toBe(
      '1 D153 This system prompt is in 3 rows and differs by little from one in 37 rows: "…a museum in one line!" instead of "…a museum in one line.". Also at lines 2, 3.',
    );
  });
});

describe('few-rows', () => {
  it('says how many rows are missing to the aim, and nothing without one', async () => {
    const text = sampleRows();
    expect(await said(text, { 'few-rows': { rows: 100 } })).toEqual([
      '1 D157 The dataset has 24 usable rows; the aim is 100. Read all of them.',
    ]);
    expect(await said(text, { 'few-rows': { rows: 24 } })).toEqual([]);
  });
});

describe('places', () => {
  it('name the file where findings of several files belong together', async () => {
    const rows = sampleRows((each, i) =>
      i % 8 === 1 ? { ...each, output: each.output.slice(0, -1) } : each,
    );
    const lines = rows.trimEnd().split('\n');
    const { findings } = await scanText(
      [
        { text: lines.slice(0, 8).join('\n'), label: 'a.jsonl' },
        { text: lines.slice(8).join('\n'), label: 'b.jsonl' },
      ],
      { checks: { 'final-punctuation': { share: 0.8 } } },
    );
    expect(findings).toMatchObject([
      {
        code: 'D145',
        at: { file: 'a.jsonl', line: 2 },
        data: { places: ['a.jsonl:2', 'b.jsonl:2', 'b.jsonl:10'] },
      },
    ]);
    expect(findings[0]?.message).toContain('Also at b.jsonl:2, b.jsonl:10.');
  });
});
