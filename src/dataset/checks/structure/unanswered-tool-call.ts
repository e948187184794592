import type { Check } from '../check.ts';

const call =
  '{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"weather","arguments":{"city":"Oslo"}}}]}';

const twoCalls = `{"role":"assistant","content":null,"tool_calls":[${['a', 'b']
  .map((id) => `{"id":"${id}","type":"function","function":{"name":"weather","arguments":{"city":"${id}"}}}`)
  .join(',')}]}`;

export const unansweredToolCall: Check = {
  code: 'D028',
  name: 'unanswered-tool-call',
  severity: 'warning',
  title: 'A tool call has no result after it.',
  prose:
    'After a call, the next message must be a tool result, unless the row ends with the call. Otherwise the model learns to continue without waiting for the tool. If several calls have ids, each needs its result.',
  hint: 'add the tool message, or end the row with the call',
  bothSides: true,
  bad: [
    {
      text: `{"messages":[{"role":"user","content":"Weather?"},${call},{"role":"user","content":"And?"},{"role":"assistant","content":"Rain."}]}`,
      pointer: '/messages/1/tool_calls',
    },
    {
      text: `{"messages":[{"role":"user","content":"Weather?"},${twoCalls},{"role":"tool","tool_call_id":"a","content":"Rain"},{"role":"assistant","content":"Rain."}]}`,
      pointer: '/messages/1/tool_calls/1',
    },
  ],
  good: [
    `{"messages":[{"role":"user","content":"Weather?"},${call},{"role":"tool","content":"Rain"},{"role":"assistant","content":"Rain."}]}`,
    `{"messages":[{"role":"user","content":"Weather?"},${call}]}`,
  ],
  run(example, report) {
    if (!example.messages.some((message) => message.tool_calls)) return;
    // Calls with ids that still need a result, after the first result for their message.
    let waiting = new Map<string, { message: number; call: number }>();
    let answered = false;
    for (const [i, message] of example.messages.entries()) {
      if (message.role === 'tool') {
        answered = true;
        // If a result belongs to none of them, it is unclear which call it answers.
        if (!waiting.delete(message.tool_call_id ?? '')) waiting = new Map();
        continue;
      }
      if (answered)
        for (const [id, { message: at, call }] of waiting)
          report(
            { message: at, field: 'tool_calls', below: `/${call}` },
            `The call ${JSON.stringify(id)} has no tool result after it.`,
          );
      if (answered || !message.tool_calls?.length) waiting = new Map();
      answered = false;
      for (const [n, { id }] of (message.tool_calls ?? []).entries())
        if (id !== undefined) waiting.set(id, { message: i, call: n });
      const next = example.messages[i + 1];
      // If calls are in several consecutive assistant messages, the results follow the last one.
      if (message.tool_calls?.length && next && next.role !== 'tool' && !next.tool_calls?.length)
        report({ message: i, field: 'tool_calls' }, 'The tool call has no tool result after it.');
    }
  },
};
