import type { Check } from '../check.ts';

export const duplicateKey: Check = {
  code: 'D005',
  name: 'duplicate-key',
  severity: 'warning',
  raisedBy: ['dataset/scan/judge-row.ts'],
  title: 'A key appears twice in one object.',
  prose:
    'JSON parsers silently keep the last value and ignore the first. lorch cannot know which one you mean.',
  hint: 'keep one of the two',
  bad: [
    {
      text: '{"instruction":"Name a colour.","input":"","output":"Red.","output":"Blue."}',
      pointer: '/output',
    },
    {
      text: '{"messages":[{"role":"user","content":"Is it open?","content":"Is the shop open?"},{"role":"assistant","content":"Yes, until six."}]}',
      pointer: '/messages/0/content',
    },
  ],
  good: [
    '{"instruction":"Name a colour.","input":"","output":"Blue."}',
    '{"instruction":"Write \\"output\\": twice.","input":"\\"output\\":","output":"\\"output\\": \\"output\\":"}',
    '{"instruction" : "Name a colour.", "output" : "Blue."}',
  ],
};
