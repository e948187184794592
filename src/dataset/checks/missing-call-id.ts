import type { Check } from './check.ts';

const two = (first: string, second: string) =>
  `{"messages":[{"role":"user","content":"Weather in Oslo and Rome?"},{"role":"assistant","content":null,"tool_calls":[{${first}"type":"function","function":{"name":"weather","arguments":{"city":"Oslo"}}},{${second}"type":"function","function":{"name":"weather","arguments":{"city":"Rome"}}}]}]}`;

export const missingCallId: Check = {
  code: 'D032',
  name: 'missing-call-id',
  severity: 'warning',
  title: 'Parallel tool calls have no ids.',
  prose:
    'Where one message makes several calls, only their ids say which result belongs to which call. A single call needs none.',
  hint: 'give each call an id, and each result its tool_call_id',
  bad: [{ text: two('', '"id":"b",'), pointer: '/messages/1/tool_calls/0' }],
  good: [two('"id":"a",', '"id":"b",')],
  run(example, report) {
    for (const [i, message] of example.messages.entries()) {
      const calls = message.tool_calls ?? [];
      const without = calls.findIndex((call) => call.id === undefined);
      if (calls.length > 1 && without >= 0)
        report(
          { message: i, field: 'tool_calls', below: `/${without}` },
          'One of several tool calls has no id.',
        );
    }
  },
};
