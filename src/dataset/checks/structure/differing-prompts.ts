import type { Check } from '../check.ts';

const user = (content: string) => `{"role":"user","content":"${content}"}`;
const assistant = (content: string) => `{"role":"assistant","content":"${content}"}`;

export const differingPrompts: Check = {
  code: 'D061',
  name: 'differing-prompts',
  severity: 'error',
  title: 'An answer of a preference pair does not begin with the assistant.',
  prose:
    'Two answers can be compared only if they have the same prompt. If both sides are whole conversations, the messages they share are the prompt; a user message after them means that the prompts differ. If the row has a separate prompt, a side that begins with a user message repeats that prompt or belongs to another row.',
  hint: 'give both answers the same prompt, and remove the prompt from the answers if the row has a separate prompt',
  bad: [
    {
      text: `{"chosen":[${user('Name a colour.')},${assistant('Blue.')}],"rejected":[${user('Name a number.')},${assistant('Seven.')}]}`,
      pointer: '/chosen/0/role',
    },
  ],
  good: [
    `{"chosen":[${user('Name a colour.')},${assistant('Blue.')}],"rejected":[${user('Name a colour.')},${assistant('Seven.')}]}`,
  ],
  runPair(pair, report) {
    for (const list of ['chosen', 'rejected'] as const) {
      const role = pair[list][0]?.role;
      if (role === undefined || role === 'assistant' || role === 'tool') continue;
      report({ list, message: 0, field: 'role' }, `The ${list} answer begins with a ${role} message.`);
    }
  },
};
