import { framed } from '../../across/frames.ts';
import { createFrequentValues, type FrequentValue } from '../../across/frequent-values.ts';
import { hashString } from '../../across/hash-text.ts';
import { onlyAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { takesUpPrompt } from '../../across/takes-up-prompt.ts';
import { countOf, quote } from '../../across/wording.ts';
import type { Check, Thresholds } from '../check.ts';

// A label: up to two words, or three without the end of a sentence.
const label = /^\s*\S+(?:\s+[^\s.!?。！？]+){0,2}\s*$|^\s*\S+\s+\S+\s*$/u;
const labelUnits = 80;
const labelKinds = 100;
const reported = 20;

export const genericAnswer: Check = {
  code: 'D140',
  name: 'generic-answer',
  severity: 'note',
  group: 'consistency',
  title: 'Many different prompts have the same answer.',
  prose:
    'An answer that fits any prompt teaches the model to give it to any prompt. Often it is a refusal, a placeholder or a filler of the tool that made the data. The check does not count an answer that repeats a word of its prompt, as it is about that prompt, or what the assistant says about itself when asked. It does not count labels either: one or two words, three words that do not end a sentence, sentences that differ in one to three words (“The review is positive.”), or a few short answers that make up most of the dataset. It is a note because on other data it found the same right answer to the same question in other words (see measured.md). It skips rows with several answers, as conversations rightly open and close alike.',
  hint: 'write an answer for each prompt, or drop the rows that share the answer',
  thresholds: {
    rows: { default: 5, doc: 'rows with the same answer at the least' },
    share: { default: 0.0005, doc: 'the same as a share of all rows; both must be reached' },
    label_share: {
      default: 0.8,
      doc: 'share of the rows that at most 100 short answers must cover to be labels',
    },
  },
  bad: [
    {
      text: sampleRows((row, i) =>
        i % 4 === 1 ? { ...row, output: 'There is no simple reply to this.' } : row,
      ),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows(),
    sampleRows((row, i) => (i % 4 === 1 ? { ...row, output: 'not stated' } : row)),
    sampleRows((row, i) => ({ ...row, output: `Clearly ${i % 3 ? 'positive' : 'negative'}.` })),
    sampleRows((row, i) =>
      i % 2 ? { ...row, output: `This one is rather ${i % 4 === 1 ? 'easy' : 'hard'} to tell.` } : row,
    ),
    sampleRows((row, i) =>
      i % 4 === 1
        ? { ...row, instruction: `Question ${i}: how deep is a loch?`, output: 'A loch is up to 310 m deep.' }
        : row,
    ),
  ],
  across: (thresholds) => ({
    trait(example) {
      const answer = onlyAnswer(example);
      if (!answer) return null;
      // It still counts in the total.
      if (takesUpPrompt(example, answer.text)) return { value: ownAnswer, spot: answer.spot };
      return {
        value: hashString([answer.text]) + answer.text.slice(0, labelUnits + 1),
        spot: answer.spot,
      };
    },
    collect() {
      const answers = createFrequentValues({ limit: 100_000, hashed: true, lean: true });
      return {
        add: answers.add,
        end(report) {
          const frequent = withoutLabels(answers, thresholds);
          for (const { count, rows, value } of frequent.slice(0, reported))
            report(
              rows,
              `The answer ${quote(value)} is in ${answers.missed() > 0 ? 'at least ' : ''}${countOf(count, answers.total(), 'rows')}, under different prompts.`,
              { rows: count, of: answers.total(), exact: answers.missed() === 0 },
            );
          const rest = frequent.slice(reported);
          if (rest.length > 0)
            report(
              rest.map(({ rows }) => rows[0] ?? 0).slice(0, 5),
              `${rest.length} more answers each follow many different prompts.`,
              { answers: rest.length, rows: rest.reduce((sum, { count }) => sum + count, 0) },
            );
        },
      };
    },
  }),
};

const ownAnswer = hashString(['']);

function withoutLabels(
  answers: ReturnType<typeof createFrequentValues>,
  { rows = 0, share = 0, label_share = 1 }: Thresholds,
): FrequentValue[] {
  const total = answers.total();
  const frequent = answers.atLeast(Math.max(2, rows, share * total)).filter(({ value }) => value !== '');
  const short = frequent.filter(({ value }) => value.length <= labelUnits);
  const covered = short.reduce((sum, { count }) => sum + count, 0);
  const isLabelSet = short.length > 1 && short.length <= labelKinds && covered >= label_share * total;
  const frames = framed(short.map(({ value }) => value));
  return frequent.filter(
    ({ value }) =>
      // A sum can be the right answer to many prompts.
      /\p{L}/u.test(value) &&
      !(label.test(value) || frames.has(value) || (isLabelSet && value.length <= labelUnits)),
  );
}
