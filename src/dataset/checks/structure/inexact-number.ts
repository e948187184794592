import type { Check } from '../check.ts';

export const inexactNumber: Check = {
  code: 'D205',
  name: 'inexact-number',
  severity: 'error',
  raisedBy: ['dataset/exact-numbers.ts'],
  title: 'A number of the conversation is too large for Python to read.',
  prose:
    'Python reads a number beyond 1.8e308 as infinity, which templates then write as a word that is not JSON, and it refuses whole numbers of more than 4,300 digits: the model would learn something that is not in the data. All other numbers of tool calls and tools are trained as they are written: 10.0 stays 10.0, and 12345678901234567890 keeps its digits.',
  hint: 'write it as text, in quotes',
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Ship it."},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"ship","arguments":{"weight":1e400}}}]},{"role":"tool","tool_call_id":"a","content":"ok"},{"role":"assistant","content":"It is on its way."}]}',
      pointer: '/messages/1/tool_calls/0/function/arguments/weight',
    },
    {
      text: '{"conversations":[{"from":"human","value":"Ship it."},{"from":"function_call","value":"{\\"name\\":\\"ship\\",\\"arguments\\":{\\"weight\\":1e400}}"},{"from":"observation","value":"ok"},{"from":"gpt","value":"It is on its way."}]}',
      pointer: '/conversations/1/value',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Ship it."},{"role":"assistant","content":"Which order, 12345678901234567890?"}]}',
    '{"messages":[{"role":"user","content":"Ship it."},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"ship","arguments":{"order":12345678901234567890,"weight":10.0,"share":1e-9}}}]},{"role":"tool","tool_call_id":"a","content":"ok"},{"role":"assistant","content":"It is on its way."}]}',
  ],
};
