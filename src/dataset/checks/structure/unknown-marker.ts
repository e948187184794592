import type { Check } from '../check.ts';

export const unknownMarker: Check = {
  code: 'D042',
  name: 'unknown-marker',
  severity: 'warning',
  raisedBy: ['dataset/formats/chatml-text.ts'],
  title: `The text holds a marker that is not ChatML's.`,
  prose:
    '`<|…|>` is how tokenizers write special tokens. One that ChatML does not know is a trace of another template, and stays in the text that is trained on.',
  hint: 'remove the marker, or convert the row from the template it came from',
  bad: [
    {
      text: '{"text":"<|im_start|>user\\nHi<|pause|><|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n"}',
      pointer: '/text',
    },
  ],
  good: ['{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n"}'],
};
