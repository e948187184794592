import type { Check } from '../check.ts';

export const noRows: Check = {
  code: 'D012',
  name: 'no-rows',
  severity: 'error',
  raisedBy: ['dataset/scan/scan-file.ts'],
  title: 'The file holds no row.',
  prose: 'An empty file, or an empty array. A run on it would have nothing to train on.',
  hint: 'check the path, and whether the export finished',
  fatal: true,
  bad: [{ text: '' }, { text: '[]' }],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
