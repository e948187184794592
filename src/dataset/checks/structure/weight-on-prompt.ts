import type { Check } from '../check.ts';

export const weightOnPrompt: Check = {
  code: 'D038',
  name: 'weight-on-prompt',
  severity: 'warning',
  raisedBy: ['dataset/formats/fields.ts'],
  title: 'A message that is not the assistant’s asks to be trained on.',
  prose:
    'A weight of 1 does not make lorch train on a message: `dataset.train_on` says which roles are trained; by default, only the assistant. The tool that wrote the weight may have trained on prompts. Reported once a file.',
  hint: `name the roles to train on, for example dataset.train_on: [assistant, user]; or remove the weight from messages that are not the assistant's`,
  oncePerFile: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Hi","weight":1},{"role":"assistant","content":"Hello."}]}',
      pointer: '/messages/0/weight',
    },
  ],
  good: ['{"messages":[{"role":"user","content":"Hi","weight":0},{"role":"assistant","content":"Hello."}]}'],
};
