import { compareStyles, styleThresholds } from '../../across/compare-styles.ts';
import { lastAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { isSentence } from '../../across/sentence.ts';
import { countOf } from '../../across/wording.ts';
import { textOf } from '../../content.ts';
import type { Example } from '../../example.ts';
import type { Check } from '../check.ts';

export const leadingCapital: Check = {
  code: 'D149',
  name: 'leading-capital',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all one-line answers open with a capital, a few do not; or the reverse.',
  prose:
    'Most one-line answers of at least four words open with a capital letter (or with a small one), and a few differ. An answer that opens with a small letter may be the second half of one that was cut. The check skips answers that continue the prompt or put its words in order.',
  hint: 'open the answers alike',
  thresholds: styleThresholds,
  bad: [{ text: sampleRows((row, i) => (i === 2 ? lower(row) : row)), pointer: '/output' }],
  good: [sampleRows(), sampleRows((row) => lower(row)), sampleRows((row, i) => (i % 2 ? lower(row) : row))],
  across: (thresholds) =>
    compareStyles(
      thresholds,
      (example) => {
        const answer = lastAnswer(example);
        const value = answer && firstLetter(answer.text);
        if (!value || (value === 'small' && asksToGoOn(example))) return null;
        return { value, spot: answer.spot };
      },
      ({ count, total, style }) =>
        `${countOf(count, total, 'one-line answers')} ${count === 1 ? 'opens' : 'open'} with a ${style} letter, unlike the others.`,
    ),
};

function firstLetter(text: string): 'small' | 'capital' | null {
  if (!isSentence(text)) return null;
  const [first, second] = [text.charAt(0), text.charAt(1)];
  const small = first.toLowerCase();
  // The two are equal if the script has no case.
  if (small === first.toUpperCase()) return null;
  if (first !== small) return 'capital';
  // A Greek sign before Chinese or a digit is a symbol.
  if (/[α-ω]/.test(first) && !/[α-ω]/.test(second)) return null;
  // iPhone and eBay always begin with a small letter; print(…) is code.
  return second !== second.toLowerCase() || text.includes('(') ? null : 'small';
}

const goOn = /__|\.\.|…|\b(?:complete|continue|finish|fill|next|blank|order|sort|arrange|reverse)/i;

// Whether the prompt asks to continue a text or to put words in order.
function asksToGoOn({ messages }: Example): boolean {
  return messages.some(({ role, content }) => role === 'user' && goOn.test(textOf(content) ?? ''));
}

function lower<T extends { output: string }>(row: T): T {
  return { ...row, output: row.output.charAt(0).toLowerCase() + row.output.slice(1) };
}
