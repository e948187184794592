import type { Check } from '../check.ts';

export const noAssistant: Check = {
  code: 'D022',
  name: 'no-assistant',
  severity: 'error',
  title: 'The row has no assistant message.',
  prose:
    'Only assistant messages are trained on, unless `dataset.train_on` says otherwise. A row without one teaches nothing. If you train on other roles, switch the check off.',
  hint: 'add the answer, or drop the row with dataset.on_error: drop',
  bothSides: true,
  bad: [
    { text: '{"messages":[{"role":"user","content":"Is the shop open?"}]}', pointer: '/messages' },
    { text: '{"conversations":[]}', pointer: '/conversations' },
  ],
  good: ['{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}'],
  run(example, report) {
    if (!example.messages.some(({ role }) => role === 'assistant' || role === 'document'))
      report({ message: -1 }, 'The row has no assistant message.');
  },
};
