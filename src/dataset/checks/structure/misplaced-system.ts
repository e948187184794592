import type { Check } from '../check.ts';

export const misplacedSystem: Check = {
  code: 'D026',
  name: 'misplaced-system',
  severity: 'warning',
  title: 'A system message does not open the conversation.',
  prose:
    'A system or developer message comes after the conversation began, or a second one follows the first. Many chat templates refuse it, move it or leave it out.',
  hint: 'put one system message first',
  bothSides: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Hi"},{"role":"system","content":"Be brief."},{"role":"assistant","content":"Hello."}]}',
      pointer: '/messages/1/role',
    },
  ],
  good: [
    '{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
  ],
  run(example, report) {
    for (let i = 1; i < example.messages.length; i += 1) {
      const role = example.messages[i]?.role;
      if (role === 'system' || role === 'developer')
        report({ message: i, field: 'role' }, `This ${role} message is not the first message.`);
    }
  },
};
