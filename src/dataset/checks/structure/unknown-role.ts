import type { Check } from '../check.ts';

export const unknownRole: Check = {
  code: 'D019',
  name: 'unknown-role',
  severity: 'error',
  raisedBy: ['dataset/formats/chatml-text.ts', 'dataset/formats/turn.ts'],
  title: 'The format does not know a role.',
  prose:
    'A message whose speaker is unknown can neither be shown to the model nor trained on. chatml knows system, developer, user, assistant and tool; sharegpt also human, gpt, function_call and observation; capitals do not matter. Each word is reported once a file; the ledger counts the rows that are dropped for it. `dataset.format: { roles: { customer: user } }` says what other words mean.',
  hint: 'use one of the known roles',
  fatal: true,
  oncePerFile: true,
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"role":"customer","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
      ].join('\n'),
      pointer: '/messages/0/role',
    },
    {
      text: '{"conversations":[{"from":"narrator","value":"Hi"},{"from":"gpt","value":"Hello."}]}',
      pointer: '/conversations/0/from',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    '{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello."}]}',
  ],
};
