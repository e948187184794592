import { framed } from '../../across/frames.ts';
import { createFrequentValues } from '../../across/frequent-values.ts';
import { lastAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf, quote } from '../../across/wording.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const longest = 150;
const kinds = 2_000;

export const sameClosing: Check = {
  code: 'D143',
  name: 'same-closing',
  severity: 'note',
  group: 'consistency',
  title: 'Many answers close with the same sentence.',
  prose:
    'A sentence such as “Let me know if you have more questions!” at the end of many answers is filler: the model will add it to every answer. The check counts last sentences of up to 150 characters that follow another sentence. It skips sentences that give the result (“So, the answer is no.”), sentences that differ in one to three words (which makes them a format with labels), and the last line of code.',
  hint: 'cut the closing sentence from the answers, unless it belongs to the format you want',
  thresholds: {
    share: { default: 0.05, doc: 'share of the answers with the same last sentence' },
    rows: { default: 5, doc: 'answers with the same last sentence at the least' },
  },
  bad: [
    {
      text: sampleRows((row, i) =>
        i % 3 === 1 ? { ...row, output: `${row.output} Let me know if more is needed!` } : row,
      ),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows(),
    sampleRows((row, i) => ({ ...row, output: `${row.output} So, the answer is ${i % 2 ? 'no' : 'yes'}.` })),
    sampleRows((row, i) => ({
      ...row,
      output: `${row.output} I call this ${i % 2 ? 'a fact' : 'a guess'}.`,
    })),
    sampleRows((row, i) => (i % 8 ? row : { ...row, output: `${row.output} Ask me for more!` })),
  ],
  across: ({ share = 1, rows = 0 }) => ({
    trait(example) {
      const answer = lastAnswer(example);
      return answer && { value: closing(answer.text), spot: answer.spot };
    },
    collect() {
      const closings = createFrequentValues({ limit: kinds, lean: true });
      return {
        add: closings.add,
        end(report) {
          // Every answer counts in the total; answers of one sentence are added with an empty closing.
          const total = closings.total();
          const frequent = closings
            .atLeast(Math.max(2, rows, share * total))
            .filter(({ value }) => value !== '');
          // Rare labels are recognised by comparison with the frequent ones.
          const labels = framed(frequent.map(({ value }) => value));
          for (const { value, count, rows: at } of frequent)
            if (!labels.has(value) && !isResult(value))
              report(at, `${countOf(count, total, 'answers')} close with ${quote(value)}.`, {
                rows: count,
                of: total,
              });
        },
      };
    },
  }),
};

const result =
  /\b(?:answer|result|solution|conclusion|label|sentiment|category|class|verdict|score|rating|output|choice|option)s?\b[^.]{0,30}(?:\b(?:is|are|was|equals)\b|[:=])|答案|结果|réponse|Antwort|Ergebnis|respuesta|resultado|risposta|resposta|ответ|答え|정답/i;
const code = /[{};=]|\w\(|\)$|^(?:end|return|break|exit|pass)\b/;

function isResult(closing: string): boolean {
  return result.test(closing) || code.test(closing);
}

// The last sentence if it has two words or more and is not the only one; otherwise empty.
function closing(text: string): string {
  let end = text.length;
  while (end > 0 && isEnd(unitAt(text, end - 1))) end -= 1;
  const least = Math.max(0, end - longest);
  let words = 1;
  for (let at = end - 1; at > least; at -= 1) {
    const unit = unitAt(text, at);
    if (unit === 32) words += 1;
    if (!isStop(unit)) continue;
    let from = at + 1;
    while (unitAt(text, from) <= 32) {
      if (unitAt(text, from) === 32) words -= 1;
      from += 1;
    }
    const wide = unitAt(text, from) >= 0x2e80;
    return (wide ? text.length - from >= 6 : words > 1) && isLetter(unitAt(text, from))
      ? text.slice(from)
      : '';
  }
  return '';
}

function isLetter(unit: number): boolean {
  return (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit >= 0xc0;
}

// . ! ? line feed and their full-width forms
function isStop(unit: number): boolean {
  return (
    unit === 46 ||
    unit === 33 ||
    unit === 63 ||
    unit === 10 ||
    unit === 0x3002 ||
    unit === 0xff01 ||
    unit === 0xff1f
  );
}

function isEnd(unit: number): boolean {
  return unit <= 32 || isStop(unit);
}
