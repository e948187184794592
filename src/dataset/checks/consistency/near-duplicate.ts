import type { Check } from '../check.ts';

export const nearDuplicate: Check = {
  code: 'D160',
  name: 'near-duplicate',
  severity: 'warning',
  raisedBy: ['dataset/duplicates/near-findings.ts'],
  group: 'consistency',
  foundBy: 'lorch data dedup DATASET',
  title: 'The row says the same as another row, in nearly the same words.',
  prose: [
    'Two rows are near-duplicates when their sets of word 3-grams have a Jaccard similarity of at least .8 (both numbers can be set). The comparison is exact: no pair is missed, and every reported pair is one. Words are runs of letters and digits after Unicode NFKC and in lower case; in scripts without spaces each character is a word.',
    'A row is dropped only if a row that is kept has the same prompt and the same answer. Prose may differ in white space, in the case of its first letter, and in the shape of quotes, dashes and ellipses. With any other difference both rows are kept: a sign, a currency, a bracket, an emoji, a digit, an accent, a mark at the end, a capital, and in code the indentation. `action: drop` drops every row that resembles a kept one, `action: keep` none.',
  ].join('\n\n'),
  hint: 'lorch data dedup DATASET -o OUT keeps one of each',
  bad: [],
  good: [],
};
