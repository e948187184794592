import type { Check } from '../check.ts';

export const brokenUtf8: Check = {
  code: 'D003',
  name: 'broken-utf8',
  severity: 'error',
  raisedBy: ['dataset/readers/parquet-values.ts', 'dataset/readers/parse-row.ts'],
  title: 'The row holds bytes that are not UTF-8.',
  prose:
    'JSON is UTF-8. Bytes of another encoding (often Windows-1252 or Latin-1) would be read as replacement characters, and the model would learn those.',
  hint: 'convert the file: iconv -f WINDOWS-1252 -t UTF-8',
  fatal: true,
  bad: [
    {
      text: Buffer.concat([
        Buffer.from('{"messages":[{"role":"user","content":"caf'),
        Buffer.from([0xe9]),
        Buffer.from('"},{"role":"assistant","content":"Yes."}]}'),
      ]),
      pointer: '',
    },
  ],
  good: [
    Buffer.from('{"messages":[{"role":"user","content":"café"},{"role":"assistant","content":"Yes."}]}'),
  ],
};
