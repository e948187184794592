import type { Check } from './check.ts';

export const inexactNumber: Check = {
  code: 'D205',
  name: 'inexact-number',
  severity: 'error',
  title: 'A number of the conversation has more digits than a JSON number holds.',
  prose:
    'Whole numbers from 2^53 on, and numbers beyond 1.8e308, are read as another number by most programs, lorch among them: the model would learn a number that nobody wrote, and two rows that differ in their last digits would count as equal. Fields beside the conversation may hold such numbers: they are copied as they stand.',
  hint: 'write it as text, in quotes',
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Ship it."},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"ship","arguments":{"order":12345678901234567890}}}]},{"role":"tool","tool_call_id":"a","content":"ok"},{"role":"assistant","content":"It is on its way."}]}',
      pointer: '/messages/1/tool_calls/0/function/arguments/order',
    },
    {
      text: '{"conversations":[{"from":"human","value":"Ship it."},{"from":"function_call","value":"{\\"name\\":\\"ship\\",\\"arguments\\":{\\"order\\":12345678901234567890}}"},{"from":"observation","value":"ok"},{"from":"gpt","value":"It is on its way."}]}',
      pointer: '/conversations/1/value',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Ship it."},{"role":"assistant","content":"Which order, 12345678901234567890?"}]}',
    '{"messages":[{"role":"user","content":"Ship it."},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"ship","arguments":{"order":9007199254740991,"weight":0.30000000000000004,"share":1e-9}}}]},{"role":"tool","tool_call_id":"a","content":"ok"},{"role":"assistant","content":"It is on its way."}]}',
  ],
};
