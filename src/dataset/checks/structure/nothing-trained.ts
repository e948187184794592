import type { Check } from '../check.ts';

export const nothingTrained: Check = {
  code: 'D039',
  name: 'nothing-trained',
  severity: 'error',
  title: 'Every assistant message is switched off.',
  prose:
    'All assistant messages have weight 0 (or `train: false`), so the row has no token to learn from. A trainer would count it and learn nothing. If `dataset.train_on` names other roles, switch the check off.',
  hint: 'give an assistant message weight 1, or remove the row',
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello.","weight":0}]}',
      pointer: '/messages',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello.","weight":0},{"role":"user","content":"Open?"},{"role":"assistant","content":"Yes.","weight":1}]}',
  ],
  run(example, report) {
    let answers = 0;
    for (const { role, train } of example.messages) {
      if (role !== 'assistant') continue;
      if (train !== false) return;
      answers += 1;
    }
    if (answers > 0) report({ message: -1 }, 'Every assistant message is switched off: nothing is trained.');
  },
};
