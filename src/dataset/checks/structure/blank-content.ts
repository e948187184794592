import { isBlank } from '../../content.ts';
import type { Message } from '../../example.ts';
import type { Check } from '../check.ts';

export const blankContent: Check = {
  code: 'D021',
  name: 'blank-content',
  severity: 'warning',
  title: 'A system or tool message is blank.',
  prose:
    'The message is there, but says nothing. A blank system message changes the prompt (many templates then leave out their default), and a blank tool result teaches the model to answer from nothing.',
  hint: 'remove the message, or fill it',
  bothSides: true,
  bad: [
    {
      text: '{"messages":[{"role":"system","content":" "},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
      pointer: '/messages/0/content',
    },
  ],
  good: [
    '{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
  ],
  run(example, report) {
    for (let i = 0; i < example.messages.length; i += 1) {
      const message = example.messages[i] as Message;
      if (['user', 'assistant', 'document'].includes(message.role)) continue;
      if (isBlank(message.content))
        report({ message: i, field: 'content' }, `The ${message.role} message is blank.`);
    }
  },
};
