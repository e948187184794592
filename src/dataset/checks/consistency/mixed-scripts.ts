import { compareStyles, styleThresholds } from '../../across/compare-styles.ts';
import { lastAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { scriptOf } from '../../across/script-of.ts';
import { countOf } from '../../across/wording.ts';
import { textOf } from '../../content.ts';
import { featuresOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const asksToTranslate = /translat|翻译|翻譯|翻訳|перевед|번역/i;

export const mixedScripts: Check = {
  code: 'D156',
  name: 'mixed-scripts',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all rows are in one script, a few in another.',
  prose:
    'A few rows in another script usually come from a dataset of another language. The check skips answers in another script than their prompt, because the prompt asked for a translation. It looks only at letters, so it cannot tell languages with the same script apart.',
  hint: 'read the rows; drop those in a language that you do not want',
  thresholds: styleThresholds,
  bad: [
    {
      text: sampleRows((row, i) =>
        i === 2
          ? {
              ...row,
              instruction: 'Кто написал этот роман?',
              output: 'Роман написала английская писательница.',
            }
          : row,
      ),
      pointer: '/output',
    },
  ],
  good: [sampleRows()],
  across: (thresholds) =>
    compareStyles(
      thresholds,
      (example) => {
        const answer = lastAnswer(example);
        if (!answer) return null;
        const { flags } = featuresOf(example);
        const value = scriptOf(answer.text, flags);
        if (!value) return null;
        const prompt = example.messages.findLast(({ role }) => role === 'user');
        if (prompt && asksToTranslate.test(textOf(prompt.content) ?? '')) return null;
        // A prompt in another script, or in several, mostly asks for a translation.
        return prompt && scriptOf(textOf(prompt.content) ?? '', flags) === value
          ? { value, spot: answer.spot }
          : null;
      },
      ({ count, total, style, usual }) =>
        `${countOf(count, total, 'answers')} ${count === 1 ? 'is' : 'are'} in ${style} letters; most are in ${usual}.`,
    ),
};
