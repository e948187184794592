import type { Check } from './check.ts';

const call =
  '{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"weather","arguments":{"city":"Oslo"}}}]}';

export const unansweredToolCall: Check = {
  code: 'D028',
  name: 'unanswered-tool-call',
  severity: 'warning',
  title: 'A tool call is followed by no result.',
  prose:
    'After a call the next message is a tool result, unless the row ends with the call. Otherwise the model learns to go on without waiting for the tool.',
  hint: 'add the tool message, or end the row with the call',
  bad: [
    {
      text: `{"messages":[{"role":"user","content":"Weather?"},${call},{"role":"user","content":"And?"},{"role":"assistant","content":"Rain."}]}`,
      pointer: '/messages/1/tool_calls',
    },
  ],
  good: [
    `{"messages":[{"role":"user","content":"Weather?"},${call},{"role":"tool","content":"Rain"},{"role":"assistant","content":"Rain."}]}`,
    `{"messages":[{"role":"user","content":"Weather?"},${call}]}`,
  ],
  run(example, report) {
    for (const [i, message] of example.messages.entries()) {
      const next = example.messages[i + 1];
      if (!message.tool_calls?.length || !next) continue;
      // A call written as several assistant messages in a row is answered after the last of them.
      if (next.role !== 'tool' && !next.tool_calls?.length)
        report({ message: i, field: 'tool_calls' }, 'The tool call is followed by no tool result.');
    }
  },
};
