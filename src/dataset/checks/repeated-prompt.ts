import { canonicalJson } from '../canonical-json.ts';
import { createFrequentValues } from '../consistency/frequent-values.ts';
import { hashString } from '../consistency/hash-text.ts';
import { onlyAnswer } from '../consistency/last-answer.ts';
import { sampleRows } from '../consistency/sample-rows.ts';
import { formatNumber, quote } from '../consistency/wording.ts';
import { textOf } from '../content.ts';
import type { Message } from '../example.ts';
import type { Check } from './check.ts';

const shownUnits = 61;

export const repeatedPrompt: Check = {
  code: 'D141',
  name: 'repeated-prompt',
  severity: 'note',
  group: 'consistency',
  title: 'The same prompt stands in several rows with different answers.',
  prose:
    'Where only one answer is right, the rows contradict each other; where many are, as for a joke, they do no harm. The prompts are counted here, letter for letter, with the system prompt and the tools; `lorch data dedup --near` shows the pairs beside each other. Rows with several answers are left out.',
  hint: 'read the rows side by side; keep the better answer where they contradict each other',
  thresholds: {
    rows: { default: 2, doc: 'rows with the same prompt at the least' },
    of: { default: 20, doc: 'rows of the dataset at the least' },
  },
  bad: [
    {
      text: sampleRows((row, i) =>
        i === 2 ? { ...row, instruction: 'What is the capital of Portugal?' } : row,
      ),
      pointer: '/instruction',
    },
  ],
  good: [sampleRows()],
  across: ({ rows: least = 2, of = 0 }) => ({
    trait(example) {
      if (!onlyAnswer(example)) return null;
      // With other tools the same question has another answer.
      const texts: string[] = example.tools ? [canonicalJson(example.tools)] : [];
      let shown = '';
      let at = 0;
      for (let i = 0; i < example.messages.length; i += 1) {
        const { role, content } = example.messages[i] as Message;
        if (role === 'assistant') continue;
        const text = textOf(content) ?? '';
        texts.push(role, text);
        if (role !== 'user' || shown !== '') continue;
        shown = text;
        at = i;
      }
      if (shown === '') return null;
      return {
        value: hashString(texts) + shown.slice(0, shownUnits),
        spot: { message: at, field: 'content' },
      };
    },
    collect() {
      const prompts = createFrequentValues({ limit: 100_000, hashed: true, lean: true });
      return {
        add: prompts.add,
        end(report) {
          const repeated = prompts.atLeast(Math.max(2, least));
          const [most] = repeated;
          if (!most || prompts.total() < of) return;
          const rows = repeated.reduce((sum, { count }) => sum + count, 0);
          const some = prompts.missed() > 0 ? 'At least ' : '';
          report(
            most.rows,
            repeated.length === 1
              ? `${some}${formatNumber(rows)} rows have the prompt ${quote(most.value)} and different answers.`
              : `${some}${formatNumber(repeated.length)} prompts stand in several rows (${formatNumber(rows)}) with different answers, most often ${quote(most.value)} (${formatNumber(most.count)}).`,
            { prompts: repeated.length, rows, of: prompts.total(), exact: prompts.missed() === 0 },
          );
        },
      };
    },
  }),
};
