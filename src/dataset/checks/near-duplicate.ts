import type { Check } from './check.ts';

export const nearDuplicate: Check = {
  code: 'D160',
  name: 'near-duplicate',
  severity: 'warning',
  group: 'consistency',
  title: 'The row says what another row says, in nearly the same words.',
  prose: [
    'Two rows are near-duplicates when their sets of word 3-grams have a Jaccard similarity of at least .8 (both numbers can be set). The comparison is exact: no pair is missed, and none is reported that is not one. Words are runs of letters and digits after Unicode NFKC and in lower case; in scripts without spaces each character is a word.',
    'A row is dropped only where prompt and answer have the same words (and signs) as those of a row that is kept. `action: drop` drops every row that resembles a kept one, `action: keep` none.',
  ].join('\n\n'),
  hint: 'lorch data dedup DATASET -o OUT keeps one of each',
  bad: [],
  good: [],
};
