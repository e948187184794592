import type { Check } from './check.ts';

export const weightOnPrompt: Check = {
  code: 'D038',
  name: 'weight-on-prompt',
  severity: 'warning',
  title: 'A message that is never trained asks to be.',
  prose:
    'Only assistant messages are trained on. A weight of 1 on another message has no effect here, though the tool that wrote it may have trained on prompts. Said once a file.',
  hint: `remove the weight from messages that are not the assistant's`,
  oncePerFile: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Hi","weight":1},{"role":"assistant","content":"Hello."}]}',
      pointer: '/messages/0/weight',
    },
  ],
  good: ['{"messages":[{"role":"user","content":"Hi","weight":0},{"role":"assistant","content":"Hello."}]}'],
};
