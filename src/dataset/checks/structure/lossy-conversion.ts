import type { Check } from '../check.ts';

export const lossyConversion: Check = {
  code: 'D052',
  name: 'lossy-conversion',
  severity: 'error',
  raisedBy: ['app/data/convert-dataset.ts'],
  title: 'The target format cannot hold all of the row.',
  prose:
    '`lorch data convert` never drops part of a conversation silently. The finding names what the target cannot hold; `--allow-loss` converts the rest.',
  hint: 'choose another target, or pass --allow-loss',
  bad: [],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
