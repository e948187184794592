// Row lengths of the stream `tokens` of a prepared split: from its offsets alone, or with counts of trained tokens.
import { type FileHandle, open } from 'node:fs/promises';

export interface RowTokens {
  /** The row's number, counted over all input files. */
  row: number;
  tokens: number;
  trained: number;
}

const chunkBytes = 1 << 20;

/** Tokens of each sequence that an epoch feeds, in the trainer's order before any shuffle (`feed_order` of sequences.py). */
export async function readLengths(path: string): Promise<Uint32Array> {
  const file = await openTensors(path);
  try {
    const lengths = await readDistinct(file);
    const times = file.has('times') ? await file.smallNumbers('times') : null;
    return times ? repeatRows(lengths, times) : lengths;
  } finally {
    await file.close();
  }
}

async function readDistinct(file: Tensors): Promise<Uint32Array> {
  const ends = await file.numbers('tokens.offsets');
  return Uint32Array.from({ length: Math.max(0, ends.length - 1) }, (_, i) =>
    Number((ends[i + 1] ?? 0n) - (ends[i] ?? 0n)),
  );
}

/** All sequences, then again those that are fed twice or more, and so on. */
function repeatRows(lengths: Uint32Array, times: Int32Array): Uint32Array {
  const fed = new Uint32Array(times.reduce((sum, each) => sum + each, 0));
  let filled = 0;
  let active = Uint32Array.from(lengths, (_, i) => i);
  for (let pass = 1; active.length > 0; pass += 1) {
    for (const i of active) fed[filled++] = lengths[i] as number;
    active = active.filter((i) => (times[i] as number) > pass);
  }
  return fed;
}

export interface SourceTokens {
  rows: number;
  tokens: number;
  trained_tokens: number;
}

/** What an epoch feeds, summed by `groupOf` a row's number into `groups` groups. */
export async function readFedTokens(
  path: string,
  groups: number,
  groupOf: (row: number) => number,
): Promise<SourceTokens[]> {
  const sums = Array.from({ length: groups }, () => ({ rows: 0, tokens: 0, trained_tokens: 0 }));
  const file = await openTensors(path);
  try {
    const lengths = await readDistinct(file);
    const rows = await file.numbers('row');
    const times = file.has('times') ? await file.smallNumbers('times') : null;
    const timesOf = (i: number): number => times?.[i] ?? 1;
    const sumOf = (i: number): SourceTokens => sums[groupOf(Number(rows[i]))] as SourceTokens;
    for (const [i, length] of lengths.entries()) {
      const sum = sumOf(i);
      // A split row has several consecutive sequences.
      if (i === 0 || rows[i] !== rows[i - 1]) sum.rows += timesOf(i);
      sum.tokens += timesOf(i) * length;
    }
    let at = -1;
    let left = 0;
    let sum: SourceTokens | undefined;
    let weight = 1;
    for await (const chunk of file.bytes('tokens.trained'))
      for (const flag of chunk) {
        while (left === 0 && at < lengths.length - 1) {
          at += 1;
          left = lengths[at] as number;
          sum = sumOf(at);
          weight = timesOf(at);
        }
        if (sum && flag) sum.trained_tokens += weight;
        left -= 1;
      }
    return sums;
  } finally {
    await file.close();
  }
}

/** Tokens and trained tokens of every row, in file order. */
export async function readRowTokens(path: string): Promise<RowTokens[]> {
  const file = await openTensors(path);
  try {
    const [ends, rows] = [await file.numbers('tokens.offsets'), await file.numbers('row')];
    const found = Array.from(rows, (row, i) => ({
      row: Number(row),
      tokens: Number((ends[i + 1] ?? 0n) - (ends[i] ?? 0n)),
      trained: 0,
    }));
    let at = 0;
    let left = found[0]?.tokens ?? 0;
    for await (const chunk of file.bytes('tokens.trained'))
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
  has(name: string): boolean;
  /** A tensor of 32-bit integers, whole. */
  smallNumbers(name: string): Promise<Int32Array>;
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
    has: (name) => header[name] !== undefined,
    async smallNumbers(name) {
      const [from, to] = range(name);
      const data = await readAt(file, from, to - from);
      return new Int32Array(data.buffer, data.byteOffset, data.length / 4);
    },
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
  // Do not use Node's buffer pool, because 64-bit numbers need aligned memory.
  const data = Buffer.alloc(bytes);
  await file.read(data, 0, bytes, at);
  return data;
}
