import type { Check } from './check.ts';

export const rejectedAnswer: Check = {
  code: 'D064',
  name: 'rejected-answer',
  severity: 'warning',
  title: 'The row says that its answer is bad.',
  prose:
    'A `label` or `kto_tag` of false is how unpaired preference data marks the answers that a person rejected. Trained on as they are, such rows teach what should be avoided.',
  hint: 'remove the rows whose answer was rejected, or the field if it means something else',
  bad: [
    {
      text: '{"prompt":"Name a colour.","completion":"Seven.","label":false}',
      pointer: '/label',
    },
  ],
  good: ['{"prompt":"Name a colour.","completion":"Blue."}'],
};
