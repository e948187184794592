import { compareStyles, styleThresholds } from '../../across/compare-styles.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const system = 'You are a patient teacher.';

export const systemInSome: Check = {
  code: 'D152',
  name: 'system-in-some',
  severity: 'warning',
  group: 'consistency',
  title: 'Nearly all rows have a system prompt, a few have none; or the reverse.',
  prose:
    'A model trained with a system prompt in most rows behaves differently without one. If a few rows lack it (or only a few have it), datasets were usually joined. Many chat templates add a system prompt of their own if a row has none, which makes the difference larger.',
  hint: 'give all rows a system prompt, or none',
  thresholds: styleThresholds,
  bad: [{ text: sampleRows((row, i) => (i === 2 ? row : { system, ...row })) }],
  good: [
    sampleRows(),
    sampleRows((row) => ({ system, ...row })),
    sampleRows((row, i) => (i % 2 ? row : { system, ...row })),
  ],
  across: (thresholds) =>
    compareStyles(
      thresholds,
      ({ messages }) =>
        messages.some(({ role }) => role === 'system' || role === 'developer')
          ? { value: 'with', spot: first }
          : { value: 'without', spot: wholeRow },
      ({ count, total, style }) =>
        `${countOf(count, total, 'rows')} ${count === 1 ? 'is' : 'are'} ${style} a system prompt, unlike the others.`,
    ),
};

const first = { message: 0 };
const wholeRow = { message: -1 };
