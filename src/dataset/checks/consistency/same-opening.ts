import { createFrequentValues, type FrequentValue } from '../../across/frequent-values.ts';
import { lastAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf, quote } from '../../across/wording.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const words = 3;
const longest = 60;
// In a short answer the opening is the answer.
const least = 100;
// With a thousand openings kept, a count is too low by at most 0.1 % of the answers.
const kinds = 1_000;

export const sameOpening: Check = {
  code: 'D142',
  name: 'same-opening',
  severity: 'note',
  group: 'consistency',
  title: 'A large share of the answers open with the same words.',
  prose:
    'Openings such as “Certainly!” or “Sure, here is” come from the tool that wrote the answers, and the model learns them before anything else. The same opening may also be the format that you want; then switch this check off. The check counts answers of 100 characters or more by their first two and three words, and by the first word if punctuation follows it.',
  hint: 'cut the opening from the answers, unless it belongs to the format you want',
  thresholds: {
    share: { default: 0.3, doc: 'share of the answers with the same opening' },
    rows: { default: 20, doc: 'answers at the least' },
  },
  bad: [
    {
      text: sampleRows((row, i) => ({
        ...row,
        output: `${i % 2 ? 'Dear reader, ' : ''}${long(row.output, i)}`,
      })),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows(),
    sampleRows((row, i) => ({ ...row, output: `${i % 6 ? '' : 'Dear reader, '}${long(row.output, i)}` })),
  ],
  across: ({ share = 1, rows = 0 }) => ({
    trait(example) {
      const answer = lastAnswer(example);
      const value = answer && answer.text.length >= least ? opening(answer.text) : '';
      return answer && value ? { value, spot: answer.spot } : null;
    },
    collect() {
      const byWords = Array.from({ length: words }, () => createFrequentValues({ limit: kinds, lean: true }));
      let total = 0;
      return {
        add(row, value) {
          total += 1;
          let end = -1;
          for (let n = 0; n < words; n += 1) {
            end = value.indexOf(' ', end + 1);
            // A single word counts only if punctuation follows it.
            if (n > 0 || !isLetter(unitAt(value, (end < 0 ? value.length : end) - 1)))
              byWords[n]?.add(row, end < 0 ? value : value.slice(0, end));
            if (end < 0) break;
          }
        },
        end(report) {
          if (total < rows) return;
          const found: FrequentValue[] = [];
          for (const level of byWords.toReversed())
            for (const each of level.atLeast(Math.max(2, share * total))) {
              // Skip a shorter opening if a longer one covers almost the same rows.
              if (found.some((of) => of.value.startsWith(each.value) && of.count >= 0.8 * each.count))
                continue;
              found.push(each);
            }
          for (const { value, count, rows: at } of found.sort((a, b) => b.count - a.count))
            report(at, `${countOf(count, total, 'longer answers')} open with ${quote(value)}.`, {
              rows: count,
              of: total,
            });
        },
      };
    },
  }),
};

// The first three words, separated by one space; fewer if a line or sentence ends before, empty if the answer does not begin with a word.
function opening(text: string): string {
  if (!isLetter(unitAt(text, 0))) return '';
  let left = words;
  for (let i = 1; i < longest; i += 1) {
    const unit = unitAt(text, i);
    if (unit === 32) left -= 1;
    // In a script without spaces, the opening ends at the first punctuation.
    const ends = left === 0 || unit < 32 || (unit === 32 && unitAt(text, i + 1) === 32);
    if (ends) return text.slice(0, i);
    if (unit >= 0x3001 && (unit <= 0x3002 || (unit >= 0xff01 && unit <= 0xff1f))) return text.slice(0, i + 1);
  }
  return '';
}

function isLetter(unit: number): boolean {
  return (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit >= 0xc0;
}

function long(text: string, i: number): string {
  return `${text} Volume ${i + 2} of the encyclopedia has a whole chapter about it, which begins on page ${300 - i}.`;
}
