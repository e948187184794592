import type { Check } from '../check.ts';

export const assistantFirst: Check = {
  code: 'D025',
  name: 'assistant-first',
  severity: 'warning',
  title: 'The assistant speaks before any user.',
  prose:
    'The first answer has no user message before it, so the model would learn to say it without a question. Some chat templates refuse such rows.',
  hint: 'add the user message, or give the opening answer weight 0',
  bad: [
    {
      text: '{"messages":[{"role":"assistant","content":"Hello."},{"role":"user","content":"Hi"},{"role":"assistant","content":"What can I do?"}]}',
      pointer: '/messages/0/role',
    },
  ],
  good: [
    '{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
  ],
  run(example, report) {
    const first = example.messages.findIndex((m) => m.role === 'user' || m.role === 'assistant');
    const message = example.messages[first];
    if (message?.role === 'assistant' && message.train !== false)
      report({ message: first, field: 'role' }, 'The assistant speaks before any user message.');
  },
};
