import type { Check } from '../check.ts';

export const fractionalWeight: Check = {
  code: 'D037',
  name: 'fractional-weight',
  severity: 'error',
  raisedBy: ['dataset/formats/fields.ts'],
  title: 'A message weight is neither 0 nor 1.',
  prose:
    '`weight`, `loss_weight` and `train` decide whether a message is trained on: 1 or true, 0 or false. lorch does not use weights between 0 and 1 in the loss, and rounding them would change what is trained.',
  hint: 'write 0 or 1',
  fatal: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes.","weight":0.5}]}',
      pointer: '/messages/1/weight',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes.","weight":1}]}',
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes.","weight":0},{"role":"user","content":"Sure?"},{"role":"assistant","content":"Sure."}]}',
  ],
};
