import type { Check } from '../check.ts';

export const invalidToolCall: Check = {
  code: 'D029',
  name: 'invalid-tool-call',
  severity: 'error',
  raisedBy: ['dataset/formats/answer-fields.ts', 'dataset/formats/tools.ts', 'dataset/formats/turn.ts'],
  title: 'A tool call cannot be read.',
  prose:
    'A call names a function and gives its arguments as a JSON object (or as a string that holds one). A broken call teaches the model to write broken calls.',
  hint: 'give the call a function name and arguments that are a JSON object',
  fatal: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Weather in Oslo?"},{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"weather","arguments":"{city: Oslo}"}}]}]}',
      pointer: '/messages/1/tool_calls/0/function/arguments',
    },
    {
      text: '{"conversations":[{"from":"human","value":"Weather in Oslo?"},{"from":"function_call","value":"weather(Oslo)"}]}',
      pointer: '/conversations/1/value',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Weather in Oslo?"},{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]}]}',
  ],
};
