import type { Check } from '../check.ts';

/** One row, packed with gzip. */
const gzip = Buffer.from(
  'H4sIAAAAAAACA03LMQqEQBBE0dxTNBUPewATY48gssGwNjqg02K1oMjcfY3E9PPfhUXJOCpR9xc2mxU1duqGgJ9l1+x3aCk+qXCyVWzVLG5DPBuU8JhIJnq89zfslEH27GkWpuOD8i3VH2R15iV0AAAA',
  'base64',
);

export const trailingBytes: Check = {
  code: 'D059',
  name: 'trailing-bytes',
  severity: 'warning',
  raisedBy: ['dataset/compression/codec.ts'],
  title: 'Something follows the compressed data.',
  prose:
    'Other bytes follow the end of the gzip or zstd data. lorch does not read them: they may come from a broken upload, or be rows that were appended without being packed. Zeros at the end of a gzip file are ignored.',
  hint: 'look at what follows: rows appended to a packed file must be packed too',
  bad: [{ text: Buffer.concat([gzip, Buffer.from('end')]), file: 'rows.jsonl.gz' }],
  good: [Buffer.concat([gzip, Buffer.alloc(16)])],
};
