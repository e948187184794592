import type { Check } from './check.ts';

export const notText: Check = {
  code: 'D011',
  name: 'not-text',
  severity: 'error',
  title: 'The file is no plain UTF-8 text.',
  prose:
    'Compressed archives, Parquet, UTF-16 and other binary content are recognised by their first bytes. Nothing of such a file is read.',
  hint: 'unpack or convert the file to UTF-8 JSON lines',
  fatal: true,
  bad: [
    { text: Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]) },
    { text: Buffer.from('\ufeff{}', 'utf16le') },
  ],
  good: [
    Buffer.from(
      '\ufeff' +
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    ),
  ],
};
