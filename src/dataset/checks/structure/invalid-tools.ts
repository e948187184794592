import type { Check } from '../check.ts';

export const invalidTools: Check = {
  code: 'D030',
  name: 'invalid-tools',
  severity: 'error',
  raisedBy: ['dataset/formats/tools.ts'],
  title: 'The list of tools cannot be read.',
  prose:
    '`tools` is a list of function descriptions, or a string that holds such a list as JSON; each has a name.',
  hint: 'write tools as a list of {"type":"function","function":{"name":…}}',
  fatal: true,
  bad: [
    {
      text: '{"tools":"[{]","messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
      pointer: '/tools',
    },
    {
      text: '{"tools":[{"type":"function"}],"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
      pointer: '/tools/0',
    },
  ],
  good: [
    '{"tools":[{"type":"function","function":{"name":"weather","parameters":{}}}],"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
