import { createHash } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteReader } from '../../../src/dataset/compression/byte-reader.ts';
import { zstd } from '../../../src/dataset/compression/zstd.ts';
import { scanText } from '../scan-text.ts';
import { fixture, readBytes } from './read-bytes.ts';

fc.configureGlobal({ seed: 13 });

const lines = (count: number, from = 0): string =>
  Array.from(
    { length: count },
    (_, i) => `{"instruction":"Name number ${from + i}.","output":"${from + i}"}\n`,
  ).join('');
const numbers = (values: unknown[]): number[] =>
  values.map((value) => Number((value as { output?: string })?.output));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('gzip', () => {
  it('is unpacked for any file name and any chunks, and hashed as it is on disk', async () => {
    const packed = gzipSync(lines(400));
    for (const chunk of [1, 13, 65_536]) {
      const { values, remarks, sha256, bytes } = await readBytes(packed, { chunk });
      expect(numbers(values)).toEqual(upTo(400));
      expect(remarks).toEqual([]);
      expect([sha256, bytes]).toEqual([createHash('sha256').update(packed).digest('hex'), packed.length]);
    }
  });

  it('may have several members, header fields and zeros behind it', async () => {
    const named = gzipWith(lines(10, 2), 2 | 4 | 8 | 16);
    const all = Buffer.concat([
      gzipSync(lines(1)),
      gzipSync(''),
      gzipSync(lines(1, 1)),
      named,
      Buffer.alloc(99),
    ]);
    for (const chunk of [1, 65_536]) {
      const { values, remarks } = await readBytes(all, { chunk });
      expect(numbers(values)).toEqual(upTo(12));
      expect(remarks).toEqual([]);
    }
  });

  it('that is cut off at any byte gives the rows before the cut, and says where', async () => {
    const packed = gzipSync(lines(400));
    const good = lines(400);
    for (let size = 3; size < packed.length; size += 7) {
      const { rows, remarks, all } = await readBytes(packed.subarray(0, size));
      expect(remarks, `at ${size}`).toEqual([expect.stringContaining('D056 The gzip data is cut off')]);
      expect(all[0]?.data).toEqual({ byte: size });
      expect(remarks[0]).toContain(
        `${rows.length === 1 ? '1 row before it was' : `${rows.length} rows before it were`} read`,
      );
      const text = rows.map((row) => row.text).join('\n');
      expect(good.startsWith(text)).toBe(true);
      expect(rows.slice(0, -1).every(({ fault }) => fault === null)).toBe(true);
    }
    const late = await readBytes(packed.subarray(0, packed.length - 1));
    expect(numbers(late.values)).toEqual(upTo(400));
  });

  it('whose checksum does not fit gives all rows and is refused', async () => {
    const packed = gzipSync(lines(50));
    packed[packed.length - 6] = (packed.at(-6) ?? 0) ^ 1;
    const { values, remarks } = await readBytes(packed);
    expect(numbers(values)).toEqual(upTo(50));
    expect(remarks).toEqual([expect.stringContaining('D056 The gzip data does not match its checksum')]);
  });

  it('followed by something else gives all rows and says so', async () => {
    const { values, remarks } = await readBytes(Buffer.concat([gzipSync(lines(50)), Buffer.from(lines(3))]));
    expect(numbers(values)).toEqual(upTo(50));
    expect(remarks).toEqual([expect.stringContaining('D059 The gzip data ends at byte')]);
  });
});

describe('zstd', () => {
  it('is unpacked: one frame or several, empty and skippable ones between, in any chunks', async () => {
    for (const name of ['lines.jsonl.zst', 'frames.jsonl.zst'])
      for (const chunk of [1, 100, 65_536]) {
        const { values, remarks } = await readBytes(fixture(name), { chunk, label: name });
        expect(numbers(values)).toEqual(upTo(400));
        expect(remarks).toEqual([]);
      }
  });

  it('that is cut off at any byte says where; whole frames before the cut are read', async () => {
    const packed = fixture('frames.jsonl.zst');
    let most = 0;
    for (let size = 4; size < packed.length; size += 1) {
      const { values, remarks } = await readBytes(packed.subarray(0, size), { label: 'x' });
      const cut = remarks.length > 0;
      if (cut)
        expect(remarks, `at ${size}`).toEqual([expect.stringContaining('D056 The zstd data is cut off')]);
      most = Math.max(most, values.length);
      expect(numbers(values)).toEqual(upTo(values.length));
    }
    expect(most).toBeGreaterThan(150);
  });

  it('that asks for a dictionary or a huge window is refused with what to do', async () => {
    const magic = [0x28, 0xb5, 0x2f, 0xfd];
    const dictionary = await readBytes(Buffer.from([...magic, 0b0000_0001, 0x58, 7, 1, 0, 0]));
    expect(dictionary.remarks).toEqual([expect.stringContaining('needs a dictionary')]);
    expect(dictionary.all[0]?.hint).toContain('zstd -d -D');
    // 1 GiB, as zstd --long=30 writes.
    const window = await readBytes(Buffer.from([...magic, 0, (30 - 10) << 3, 1, 0, 0]));
    expect(window.remarks).toEqual([expect.stringContaining('a window of 1,024 MiB')]);
    expect(window.all[0]?.hint).toContain('--long');
  });

  it('followed by something else gives all rows and says so', async () => {
    const { values, remarks } = await readBytes(
      Buffer.concat([fixture('lines.jsonl.zst'), Buffer.from('tail')]),
    );
    expect(numbers(values)).toEqual(upTo(400));
    expect(remarks).toEqual([expect.stringContaining('D059')]);
  });
});

describe('a packed file', () => {
  it('may hold CSV, an array or nothing, and names are compared with what is inside', async () => {
    expect((await readBytes(gzipSync('a,b\n1,2\n'), { label: 'rows.csv.gz' })).values).toEqual([
      { a: '1', b: '2' },
    ]);
    expect((await readBytes(gzipSync('[{"a":1}]'), { label: 'rows.json.gz' })).remarks).toEqual([]);
    expect((await readBytes(gzipSync('[{"a":1}]'), { label: 'rows.jsonl.gz' })).remarks).toEqual([
      "D007 The file's name promises JSON lines, but it holds a JSON array.",
    ]);
    expect((await readBytes('{"a":1}', { label: 'rows.jsonl.gz' })).remarks).toEqual([
      "D007 The file's name promises gzip, but it is not compressed.",
    ]);
    expect((await readBytes(gzipSync('{"a":1}'), { label: 'rows.jsonl.zst' })).remarks).toEqual([
      "D007 The file's name promises zstd, but it is gzip-compressed.",
    ]);
    expect((await readBytes(gzipSync(''), { label: 'rows.jsonl.gz' })).rows).toEqual([]);
  });

  it('inside another is named, and not read', async () => {
    const { findings } = await scanText([{ text: gzipSync(gzipSync(lines(3))) }]);
    expect(findings.map(({ code }) => code)).toEqual(['D011']);
    expect(findings[0]?.message).toContain('compressed twice');
  });

  it('is hashed whole where a limit ends the reading, and damage behind the limit is nobody’s business', async () => {
    const packed = gzipSync(lines(100_000));
    const cut = packed.subarray(0, packed.length - 100);
    const { result, findings } = await scanText([{ text: cut, limit: 5 }]);
    expect(result.rows).toBe(5);
    expect(findings).toEqual([]);
    expect(result.files[0]?.sha256).toBe(createHash('sha256').update(cut).digest('hex'));
  });

  it('with any bytes changed ends in rows and remarks, never in a crash', async () => {
    const packed = [gzipSync(lines(40)), fixture('lines.jsonl.zst'), fixture('frames.jsonl.zst')];
    let faults = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...packed),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 300 }),
        async (whole, changes, chunk) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const { rows, remarks } = await readBytes(bytes, { chunk });
          faults += remarks.length > 0 || rows.some(({ fault }) => fault) ? 1 : 0;
        },
      ),
      { numRuns: 1500 },
    );
    expect(faults).toBeGreaterThan(1000);
  });
});

// A member with the header fields that a gzip program may write.
function gzipWith(text: string, flags: number): Buffer {
  const plain = gzipSync(text);
  const extra = Buffer.from([3, 0, 1, 2, 3]);
  return Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]),
    extra,
    Buffer.from('rows.jsonl\0a comment\0'),
    Buffer.from([0, 0]),
    deflateRawSync(text),
    plain.subarray(-8),
  ]);
}

/** A frame of blocks that repeat one byte: four bytes for 128 KiB. */
function repeating(blocks: number): Buffer {
  const block = Buffer.alloc(4, '\n');
  const all = Buffer.alloc(blocks * 4);
  for (let i = 0; i < blocks; i += 1) {
    block.writeUIntLE(((128 * 1024) << 3) | (1 << 1) | (i === blocks - 1 ? 1 : 0), 0, 3);
    block.copy(all, i * 4);
  }
  // A window of 1 MiB.
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3]), all]);
}

/** How much is unpacked of it, and what is said then. */
async function unpackZstd(packed: Buffer): Promise<{ bytes: number; remarks: string[] }> {
  const left = [packed];
  const remarks: string[] = [];
  let bytes = 0;
  const input = createByteReader(() => Promise.resolve(left.shift() ?? null));
  for await (const chunk of zstd.unpack(input, (remark) => remarks.push(JSON.stringify(remark))))
    bytes += chunk.length;
  return { bytes, remarks };
}

describe('zstd that unpacks to far more than it is', () => {
  it('is read up to a limit, for any size of its window', async () => {
    // 48 kB for 1.5 GiB.
    const { bytes, remarks } = await unpackZstd(repeating(12_000));
    expect(remarks).toEqual([expect.stringContaining('unpacks to more than 2,000 times its size')]);
    expect(bytes).toBeLessThan(1.1 * 2 ** 30);
    expect(await unpackZstd(repeating(100))).toEqual({ bytes: 100 * 128 * 1024, remarks: [] });
  });

  it('is read up to a limit if its frames take memory and hold nothing', async () => {
    // A window of 128 MiB, and one empty block.
    const empty = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 1, 0, 0]);
    const { remarks } = await unpackZstd(Buffer.concat(Array.from({ length: 1_000 }, () => empty)));
    expect(remarks).toEqual([expect.stringContaining('unpacks to more than 2,000 times its size')]);
  });
});
