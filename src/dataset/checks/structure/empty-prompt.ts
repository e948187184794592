import { isBlank } from '../../content.ts';
import type { Message } from '../../example.ts';
import type { Check } from '../check.ts';

export const emptyPrompt: Check = {
  code: 'D020',
  name: 'empty-prompt',
  severity: 'error',
  title: 'The user message has no content.',
  prose:
    'A user message is empty or blank: the model would learn to answer nothing with something. Often a column was lost on export.',
  hint: 'fill the prompt, or drop the row with dataset.on_error: drop',
  bothSides: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"  "},{"role":"assistant","content":"Yes."}]}',
      pointer: '/messages/0/content',
    },
    { text: '{"instruction":"","input":"","output":"Blue."}', pointer: '/instruction' },
  ],
  good: ['{"instruction":"","input":"Name a colour.","output":"Blue."}'],
  run(example, report) {
    for (let i = 0; i < example.messages.length; i += 1) {
      const message = example.messages[i] as Message;
      if (message.role === 'user' && isBlank(message.content))
        report({ message: i, field: 'content' }, 'The user message has no content.');
    }
  },
};
