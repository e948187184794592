import type { Check } from './check.ts';

export const unsupportedPart: Check = {
  code: 'D040',
  name: 'unsupported-part',
  severity: 'error',
  title: 'A content part is no text.',
  prose:
    'Images, audio and files need a model and a trainer that see them. Training on the text alone would teach answers about things the model was never shown.',
  hint: 'remove the row, or describe the part in text',
  fatal: true,
  bad: [
    {
      text: '{"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"cat.png"}}]},{"role":"assistant","content":"A cat."}]}',
      pointer: '/messages/0/content/1',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":[{"type":"text","text":"What is a cat?"}]},{"role":"assistant","content":"An animal."}]}',
  ],
};
