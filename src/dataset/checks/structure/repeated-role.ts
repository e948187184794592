import type { Check } from '../check.ts';

export const repeatedRole: Check = {
  code: 'D024',
  name: 'repeated-role',
  severity: 'warning',
  title: 'The same speaker has two turns in a row.',
  prose:
    'Two user messages, or two assistant messages, follow each other. Often a message between them was lost. Several chat templates refuse such rows, others join them silently.',
  hint: 'join the two messages, or add the one between them',
  bothSides: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Hi"},{"role":"user","content":"Are you open?"},{"role":"assistant","content":"Yes."}]}',
      pointer: '/messages/1/role',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."},{"role":"user","content":"Are you open?"},{"role":"assistant","content":"Yes."}]}',
  ],
  run(example, report) {
    for (let i = 1; i < example.messages.length; i += 1) {
      const role = example.messages[i]?.role;
      if ((role === 'user' || role === 'assistant') && role === example.messages[i - 1]?.role)
        report({ message: i, field: 'role' }, `Two ${role} messages follow each other.`);
    }
  },
};
