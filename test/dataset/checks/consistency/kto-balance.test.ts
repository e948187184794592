// D177 counts both kinds of answers, so it needs the rows that D064 would drop.
import { expect, it } from 'vitest';
import { scanText } from '../../scan-text.ts';

const rows = (good: number, bad: number, key: string, values: [unknown, unknown]): string =>
  Array.from({ length: good + bad }, (_, i) =>
    JSON.stringify({
      prompt: `How many legs have ${i + 2} spiders?`,
      completion: `They have ${8 * (i + 2)} legs in all.`,
      [key]: values[i < good ? 0 : 1],
    }),
  ).join('\n');
const said = async (text: string): Promise<string[]> =>
  (await scanText(text, { checks: { D064: 'note' } })).findings
    .filter(({ code }) => code === 'D177')
    .map(({ message }) => message.replace(/ Also at.*/, ''));

it('names the weight that balances the two kinds', async () => {
  expect(await said(rows(30, 5, 'label', [true, false]))).toEqual([
    '"label" marks 30 answers as good and 5 as bad: for KTO set undesirable_weight to about 6 and leave the other at 1.',
  ]);
  expect(await said(rows(6, 24, 'kto_tag', [1, 0]))).toEqual([
    '"kto_tag" marks 6 answers as good and 24 as bad: for KTO set desirable_weight to about 4 and leave the other at 1.',
  ]);
});

it('says nothing of balanced, few or one-sided labels', async () => {
  expect(await said(rows(16, 14, 'label', [true, false]))).toEqual([]);
  expect(await said(rows(9, 1, 'label', [true, false]))).toEqual([]);
  expect(await said(rows(40, 0, 'label', [true, false]))).toEqual([]);
  expect(await said(rows(30, 5, 'topic', ['a', 'b']))).toEqual([]);
});
