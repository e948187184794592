import type { Check } from '../check.ts';

/** One row, packed with gzip and with zstd. */
const gzip = Buffer.from(
  'H4sIAAAAAAACA03LMQqEQBBE0dxTNBUPewATY48gssGwNjqg02K1oMjcfY3E9PPfhUXJOCpR9xc2mxU1duqGgJ9l1+x3aCk+qXCyVWzVLG5DPBuU8JhIJnq89zfslEH27GkWpuOD8i3VH2R15iV0AAAA',
  'base64',
);
const zstd = Buffer.from(
  'KLUv/SR01QIA4sUTGZA5HZyjiPQlIpVv5PjNYM/3fIqWTZhD1AXGKqwCFOp2qDzFzD3IQ3n1I7MaWKADpp0RNATTzSntgp7mOQ8NNU18pac+MOlCOL0R6HeiSwIAXJ0LbqHMc8yx6w==',
  'base64',
);

export const damagedArchive: Check = {
  code: 'D056',
  name: 'damaged-archive',
  severity: 'error',
  raisedBy: ['dataset/compression/codec.ts', 'dataset/scan/open-rows.ts'],
  title: 'The compressed file is cut off or damaged.',
  prose: [
    'gzip and zstd files are unpacked as they are read, whatever they are called. If the packed data is cut off, or does not match its checksum, the rows before that place are read and checked, and the file is refused, because it is not known how many rows are missing. The byte counts from the start of the packed file.',
    'Damage inside gzip data can also destroy up to 64 KiB of text before it. Checksums of zstd frames are not verified: damage that still unpacks shows as broken rows. zstd data that needs a dictionary, or a window of more than 128 MiB (`--long`), is not read.',
  ].join('\n\n'),
  hint: 'fetch the file again, or pack it again',
  fatal: true,
  bad: [
    // A second gzip member ends inside its header.
    { text: Buffer.concat([gzip, gzip.subarray(0, 5)]), file: 'rows.jsonl.gz' },
    { text: Buffer.concat([zstd, zstd.subarray(0, 8)]), file: 'rows.jsonl.zst' },
  ],
  good: [gzip, zstd],
};
