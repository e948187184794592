// What a file is that holds no UTF-8 text, by its first bytes, and how to get text of it.
import { findCodec } from '../compression/index.ts';

export interface BinaryKind {
  /** For people: `a zip archive`. */
  kind: string;
  hint?: string;
}

const pandas = (read: string): string =>
  `python3 -c 'import pandas; pandas.${read}("FILE").to_json("rows.jsonl", orient="records", lines=True, force_ascii=False)'`;

/** By the start of a file, as latin-1. */
const starts: readonly (readonly [(start: string) => boolean, BinaryKind])[] = [
  [
    (start) => start.startsWith('PK\x03\x04') && /\[Content_Types\]\.xml|xl\//.test(start),
    { kind: 'an Excel workbook', hint: `save the sheet as CSV, or ${pandas('read_excel')}` },
  ],
  [(start) => start.startsWith('PK\x03\x04'), { kind: 'a zip archive', hint: 'unpack the file: unzip FILE' }],
  [(start) => /^BZh\d1/.test(start), { kind: 'bzip2-compressed', hint: 'unpack the file: bunzip2 FILE' }],
  [(start) => start.startsWith('\xfd7zXZ'), { kind: 'xz-compressed', hint: 'unpack the file: unxz FILE' }],
  [
    (start) => start.startsWith('ARROW1\0') || start.startsWith('\xff\xff\xff\xff'),
    {
      kind: 'an Arrow table',
      hint: 'write JSON lines: datasets.Dataset.from_file("FILE").to_json("rows.jsonl") in Python',
    },
  ],
  [
    (start) => start.startsWith('SQLite format 3\0'),
    { kind: 'an SQLite database', hint: 'export a table: sqlite3 -header -csv FILE "select * from TABLE"' },
  ],
  [(start) => start.startsWith('Obj\x01'), { kind: 'Avro' }],
  [(start) => /^ORC[^ -~]/.test(start), { kind: 'ORC', hint: pandas('read_orc') }],
  [(start) => start.startsWith('\x89HDF'), { kind: 'HDF5', hint: pandas('read_hdf') }],
  [
    (start) => start.startsWith('\x80') && start.charCodeAt(1) >= 2 && start.charCodeAt(1) <= 5,
    { kind: 'a Python pickle', hint: 'write JSON lines: loading a pickle runs what is in it' },
  ],
  [(start) => start.startsWith('%PDF-'), { kind: 'a PDF document' }],
  [
    (start) => start.startsWith('ustar', 257),
    { kind: 'a tar archive', hint: 'unpack the file: tar -xf FILE' },
  ],
];

/** What the first bytes are if they are not UTF-8 text; null if they may be. */
export function binaryKind(head: Buffer): BinaryKind | null {
  const packed = findCodec(head);
  if (packed) return { kind: `compressed twice (${packed.name} inside)`, hint: 'unpack the file once' };
  const wide = wideText(head);
  if (wide) return wide;
  const start = head.toString('latin1', 0, 4096);
  const found = starts.find(([fits]) => fits(start));
  if (found) return found[1];
  return head.subarray(0, 64).includes(0) ? { kind: 'binary data' } : null;
}

// By the byte order mark, or by where the zeros stand around the first two characters, which are ASCII in JSON and CSV.
function wideText(head: Buffer): BinaryKind | null {
  const zeros = [...head.subarray(0, 8)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
  const mark = head.toString('hex', 0, 4);
  const wide = (kind: string, name: string): BinaryKind => ({
    kind: `${kind} text`,
    hint: `convert the file: iconv -f ${name} -t UTF-8 FILE > rows.jsonl`,
  });
  if (mark === 'fffe0000' || mark === '0000feff') return wide('UTF-32', 'UTF-32');
  if (zeros === 'x000x000') return wide('UTF-32', 'UTF-32LE');
  if (zeros === '000x000x') return wide('UTF-32', 'UTF-32BE');
  if (mark.startsWith('fffe') || mark.startsWith('feff')) return wide('UTF-16', 'UTF-16');
  if (zeros === 'x0x0x0x0') return wide('UTF-16', 'UTF-16LE');
  if (zeros === '0x0x0x0x') return wide('UTF-16', 'UTF-16BE');
  return null;
}
