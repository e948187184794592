import type { Check } from '../check.ts';

const two = (first: string, second: string, ...then: string[]) =>
  `{"messages":[{"role":"user","content":"Weather in Oslo and Rome?"},{"role":"assistant","content":null,"tool_calls":[{${first}"type":"function","function":{"name":"weather","arguments":{"city":"Oslo"}}},{${second}"type":"function","function":{"name":"weather","arguments":{"city":"Rome"}}}]}${then.map((turn) => `,${turn}`).join('')}]}`;

export const missingCallId: Check = {
  code: 'D032',
  name: 'missing-call-id',
  severity: 'warning',
  title: 'Parallel tool calls have no ids.',
  prose:
    'If one message makes several calls, only their ids say which result belongs to which call. A single call needs none.',
  hint: 'give each call an id, and each result its tool_call_id',
  bothSides: true,
  bad: [
    { text: two('', '"id":"b",'), pointer: '/messages/1/tool_calls/0' },
    {
      text: two(
        '"id":"a",',
        '"id":"b",',
        '{"role":"tool","content":"Rain"}',
        '{"role":"assistant","content":"Rain."}',
      ),
      pointer: '/messages/2',
    },
  ],
  good: [two('"id":"a",', '"id":"b",')],
  run(example, report) {
    if (!example.messages.some((message) => message.tool_calls)) return;
    let parallel = false;
    for (const [i, message] of example.messages.entries()) {
      if (message.role === 'tool' && message.tool_call_id === undefined && parallel)
        report({ message: i }, 'The result of one of several tool calls has no tool_call_id.');
      const calls = message.tool_calls ?? [];
      const without = calls.findIndex((call) => call.id === undefined);
      if (calls.length > 1 && without >= 0)
        report(
          { message: i, field: 'tool_calls', below: `/${without}` },
          'One of several tool calls has no id.',
        );
      if (message.role !== 'tool') parallel = calls.length > 1 && without < 0;
    }
  },
};
