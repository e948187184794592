import { isBlank } from '../../content.ts';
import type { Message } from '../../example.ts';
import type { Check } from '../check.ts';

export const emptyAnswer: Check = {
  code: 'D014',
  name: 'empty-answer',
  severity: 'error',
  title: 'The assistant message has no content.',
  prose: [
    'An assistant message that is trained on holds no text: the field is empty, null or blank, and there is no tool call beside it. The model would learn to end its turn at once.',
    'Messages that are not trained on (`weight: 0`) may be empty.',
  ].join('\n\n'),
  hint: 'fill the reply, or drop the row with dataset.on_error: drop',
  bothSides: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Is the shop open?"},{"role":"assistant","content":""}]}',
      pointer: '/messages/1/content',
    },
    {
      text: '{"messages":[{"role":"user","content":"Is the shop open?"},{"role":"assistant","content":null}]}',
      pointer: '/messages/1/content',
    },
    { text: '{"instruction":"Name a colour.","input":"","output":" \\n"}', pointer: '/output' },
  ],
  good: [
    '{"instruction":"Name a colour.","input":"","output":"Blue."}',
    '{"messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"weather","arguments":{}}}]}]}',
  ],
  run(example, report) {
    for (let i = 0; i < example.messages.length; i += 1) {
      const message = example.messages[i] as Message;
      if (message.role !== 'assistant' || message.train === false || message.tool_calls?.length) continue;
      if (isBlank(message.content))
        report({ message: i, field: 'content' }, 'The assistant message has no content.');
    }
  },
};
