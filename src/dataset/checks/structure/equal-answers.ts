import { canonicalJson } from '../../canonical-json.ts';
import type { Check } from '../check.ts';

export const equalAnswers: Check = {
  code: 'D060',
  name: 'equal-answers',
  severity: 'error',
  title: 'The chosen answer is the rejected one.',
  prose:
    'Both sides of a preference pair say the same, so the pair has no preference. Often one column was copied into the other.',
  hint: 'remove the pair, or restore the answer that was overwritten',
  bad: [{ text: '{"prompt":"Name a colour.","chosen":"Blue.","rejected":"Blue."}', pointer: '/rejected' }],
  good: ['{"prompt":"Name a colour.","chosen":"Blue.","rejected":"Seven."}'],
  runPair({ chosen, rejected }, report) {
    if (canonicalJson(chosen) === canonicalJson(rejected))
      report(
        { list: 'rejected', message: chosen.length === 1 ? 0 : -1, field: 'content' },
        'The chosen and the rejected answer are the same.',
      );
  },
};
