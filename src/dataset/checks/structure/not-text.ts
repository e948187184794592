import type { Check } from '../check.ts';

export const notText: Check = {
  code: 'D011',
  name: 'not-text',
  severity: 'error',
  raisedBy: ['dataset/scan/open-rows.ts'],
  title: 'The file is not UTF-8 text.',
  prose:
    'zip, bzip2 and xz archives, UTF-16 and other binary content are recognised by their first bytes, and so is a file that was packed twice. lorch does not read such a file. It does read gzip, zstd and Parquet.',
  hint: 'unpack the file, or convert it to UTF-8 JSON lines',
  fatal: true,
  bad: [
    { text: Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0, 0, 0]) },
    { text: Buffer.from('\ufeff{}', 'utf16le') },
  ],
  good: [
    Buffer.from(
      '\ufeff' +
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    ),
  ],
};
