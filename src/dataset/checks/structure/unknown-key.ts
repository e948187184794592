import type { Check } from '../check.ts';

export const unknownKey: Check = {
  code: 'D033',
  name: 'unknown-key',
  severity: 'note',
  raisedBy: ['dataset/formats/fields.ts', 'dataset/formats/mapping.ts', 'dataset/formats/turn.ts'],
  title: 'The format does not use a key.',
  prose:
    'Fields beside the conversation are kept with the row and written again by `lorch data convert`; fields inside a message are not. A misspelt key shows up here. Each key is reported once a file.',
  hint: 'rename the key if it belongs to the conversation',
  oncePerFile: true,
  bad: [
    {
      text: '{"id":7,"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
      pointer: '/id',
    },
    {
      text: '{"messages":[{"role":"user","content":"Hi","mood":"good"},{"role":"assistant","content":"Yes, until six."}]}',
      pointer: '/messages/0/mood',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
