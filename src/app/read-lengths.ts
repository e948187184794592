// Row lengths of a prepared split: from its offsets alone, or with the trained tokens counted.
import { type FileHandle, open } from 'node:fs/promises';

export interface RowTokens {
  /** The row's number over all input files. */
  row: number;
  tokens: number;
  trained: number;
}

const chunkBytes = 1 << 20;

/** Tokens per row, in the order of the file. */
export async function readLengths(path: string): Promise<Uint32Array> {
  const file = await openTensors(path);
  try {
    const ends = await file.numbers('offsets');
    return Uint32Array.from({ length: Math.max(0, ends.length - 1) }, (_, i) =>
      Number((ends[i + 1] ?? 0n) - (ends[i] ?? 0n)),
    );
  } finally {
    await file.close();
  }
}

/** Tokens and trained tokens of every row, in the order of the file. */
export async function readRowTokens(path: string): Promise<RowTokens[]> {
  const file = await openTensors(path);
  try {
    const [ends, rows] = [await file.numbers('offsets'), await file.numbers('row')];
    const found = Array.from(rows, (row, i) => ({
      row: Number(row),
      tokens: Number((ends[i + 1] ?? 0n) - (ends[i] ?? 0n)),
      trained: 0,
    }));
    let at = 0;
    let left = found[0]?.tokens ?? 0;
    for await (const chunk of file.bytes('trained'))
      for (const flag of chunk) {
        while (left === 0 && at < found.length - 1) left = found[++at]?.tokens ?? 0;
        const row = found[at];
        if (row) row.trained += flag;
        left -= 1;
      }
    return found;
  } finally {
    await file.close();
  }
}

interface Tensors {
  /** A tensor of 64-bit integers, whole. */
  numbers(name: string): Promise<BigInt64Array>;
  /** A tensor of bytes, in pieces. */
  bytes(name: string): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

async function openTensors(path: string): Promise<Tensors> {
  const file = await open(path);
  const head = await readAt(file, 0, 8);
  const start = 8 + Number(head.readBigUInt64LE());
  const header = JSON.parse((await readAt(file, 8, start - 8)).toString('utf8')) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const range = (name: string): [number, number] => {
    const [from, to] = header[name]?.data_offsets ?? [0, 0];
    return [start + from, start + to];
  };
  return {
    async numbers(name) {
      const [from, to] = range(name);
      const data = await readAt(file, from, to - from);
      return new BigInt64Array(data.buffer, data.byteOffset, data.length / 8);
    },
    async *bytes(name) {
      const [from, to] = range(name);
      for (let at = from; at < to; at += chunkBytes) yield readAt(file, at, Math.min(chunkBytes, to - at));
    },
    close: () => file.close(),
  };
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  // Not from Node's pool: 64-bit numbers need their memory aligned.
  const data = Buffer.alloc(bytes);
  await file.read(data, 0, bytes, at);
  return data;
}
