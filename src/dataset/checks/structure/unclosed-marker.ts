import type { Check } from '../check.ts';

export const unclosedMarker: Check = {
  code: 'D041',
  name: 'unclosed-marker',
  severity: 'error',
  raisedBy: ['dataset/formats/chatml-text.ts'],
  title: 'A turn of chatml text is not closed.',
  prose:
    'Each turn runs from `<|im_start|>` to `<|im_end|>`. Without the end, a turn includes the next one, or the model does not learn to stop.',
  hint: 'close the turn with <|im_end|>',
  fatal: true,
  bad: [
    {
      text: [
        '{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n"}',
        '{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello."}',
      ].join('\n'),
      pointer: '/text',
    },
    { text: '{"text":"<|im_start|>user\\nHi\\n<|im_start|>assistant\\nHello.<|im_end|>"}', pointer: '/text' },
  ],
  good: ['{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n"}'],
};
