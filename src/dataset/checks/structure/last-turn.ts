import type { Check } from '../check.ts';

export const lastTurn: Check = {
  code: 'D023',
  name: 'last-turn',
  severity: 'warning',
  title: "The last message is not the assistant's.",
  prose:
    'What follows the last answer is never trained on: a question without its reply, or a tool result that no answer uses. Either the answer was lost, or the conversation was cut.',
  hint: 'add the answer, or remove the messages after the last one',
  bothSides: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."},{"role":"user","content":"Are you open?"}]}',
      pointer: '/messages/2/role',
    },
  ],
  good: ['{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}'],
  run(example, report) {
    const last = example.messages.at(-1);
    if (!last || last.role === 'assistant') return;
    if (!example.messages.some((message) => message.role === 'assistant')) return;
    report(
      { message: example.messages.length - 1, field: 'role' },
      `The last message is the ${last.role}'s, not the assistant's.`,
    );
  },
};
