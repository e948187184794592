import type { Check } from '../check.ts';

export const textOutsideTurns: Check = {
  code: 'D043',
  name: 'text-outside-turns',
  severity: 'error',
  raisedBy: ['dataset/formats/chatml-text.ts'],
  title: 'There is text outside the turns.',
  prose:
    'Between `<|im_end|>` and the next `<|im_start|>` only white space is allowed. Other text has no speaker and would be lost.',
  hint: 'move the text into a turn',
  fatal: true,
  bad: [
    {
      text: '{"text":"Hi<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n"}',
      pointer: '/text',
    },
    {
      text: '{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n<|endoftext|>Bye"}',
      pointer: '/text',
    },
  ],
  good: [
    '{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n"}',
    '{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n<|endoftext|>"}',
  ],
};
