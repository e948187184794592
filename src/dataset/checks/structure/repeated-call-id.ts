import type { Check } from '../check.ts';

const call = (id: string) =>
  `{"role":"assistant","content":null,"tool_calls":[{"id":"${id}","type":"function","function":{"name":"weather","arguments":{"city":"Oslo"}}}]}`;
const result = (id: string) => `{"role":"tool","tool_call_id":"${id}","content":"Rain"}`;
const row = (...turns: string[]) =>
  `{"messages":[{"role":"user","content":"Weather?"},${turns.join(',')},{"role":"assistant","content":"Rain."}]}`;

export const repeatedCallId: Check = {
  code: 'D063',
  name: 'repeated-call-id',
  severity: 'warning',
  title: 'A tool call id is used twice.',
  prose:
    'Two calls of a conversation share an id, or two results answer the same call. Templates that look a call up by its id then join the wrong two.',
  hint: 'give each call an id of its own, and one result',
  bothSides: true,
  bad: [
    { text: row(call('a1'), result('a1'), call('a1'), result('a1')), pointer: '/messages/3/tool_calls/0' },
    { text: row(call('a1'), result('a1'), result('a1')), pointer: '/messages/3/tool_call_id' },
  ],
  good: [row(call('a1'), result('a1'), call('a2'), result('a2'))],
  run(example, report) {
    if (!example.messages.some((message) => message.tool_calls)) return;
    // For each id so far, whether it has been answered.
    const answered = new Map<string, boolean>();
    for (const [i, message] of example.messages.entries()) {
      for (const [n, { id }] of (message.tool_calls ?? []).entries()) {
        if (id === undefined) continue;
        if (answered.has(id))
          report(
            { message: i, field: 'tool_calls', below: `/${n}` },
            `The id ${JSON.stringify(id)} belongs to an earlier call.`,
          );
        answered.set(id, false);
      }
      const id = message.tool_call_id;
      if (id === undefined || !answered.has(id)) continue;
      if (answered.get(id))
        report({ message: i, field: 'tool_call_id' }, `The call ${JSON.stringify(id)} has been answered.`);
      answered.set(id, true);
    }
  },
};
