import type { Check } from '../check.ts';

const call =
  '{"role":"assistant","content":null,"tool_calls":[{"id":"a1","type":"function","function":{"name":"weather","arguments":{"city":"Oslo"}}}]}';

export const orphanToolResult: Check = {
  code: 'D027',
  name: 'orphan-tool-result',
  severity: 'error',
  title: 'A tool result answers no call.',
  prose:
    'A tool message follows no tool call, or no call before it has its `tool_call_id`. The call was lost, or an id was mistyped; templates that look the call up fail on it.',
  hint: 'add the call, or correct tool_call_id',
  bothSides: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Weather?"},{"role":"tool","content":"Rain"},{"role":"assistant","content":"Rain."}]}',
      pointer: '/messages/1/role',
    },
    {
      text: `{"messages":[{"role":"user","content":"Weather?"},${call},{"role":"tool","tool_call_id":"b2","content":"Rain"},{"role":"assistant","content":"Rain."}]}`,
      pointer: '/messages/2/tool_call_id',
    },
  ],
  good: [
    `{"messages":[{"role":"user","content":"Weather?"},${call},{"role":"tool","tool_call_id":"a1","content":"Rain"},{"role":"assistant","content":"Rain."}]}`,
  ],
  run(example, report) {
    if (!example.messages.some(({ role }) => role === 'tool')) return;
    let calls = 0;
    const ids = new Set<string>();
    for (const [i, message] of example.messages.entries()) {
      for (const each of message.tool_calls ?? []) {
        calls += 1;
        if (each.id !== undefined) ids.add(each.id);
      }
      if (message.role !== 'tool') continue;
      if (calls === 0) report({ message: i, field: 'role' }, 'The tool result follows no tool call.');
      else if (message.tool_call_id !== undefined && !ids.has(message.tool_call_id))
        report(
          { message: i, field: 'tool_call_id' },
          `No call before it has the id ${JSON.stringify(message.tool_call_id)}.`,
        );
    }
  },
};
