// The rows of one version of a dataset as hashes, as a comparison needs them: 80 bytes per row.
import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example } from '../example.ts';
import type { KeptRow } from '../scan/scan-types.ts';
import { normalizeText } from '../strata.ts';

/** A part of a row's record: offset and length in bytes. */
export type Field = readonly [number, number];

export const fields = {
  /** Fingerprint and metadata. */
  whole: [0, 48],
  fingerprint: [0, 32],
  id: [48, 16],
  prompt: [64, 16],
} as const satisfies Record<string, Field>;

const width = 80;
const nothing = Buffer.alloc(16);

export interface RowTable {
  add(row: KeptRow): void;
  size(): number;
  /** The row's number in its dataset. */
  rowOf(index: number): number;
  /** A key for a hash table: equal fields have equal keys, different fields nearly always different ones. Null if the row has no such field. */
  keyOf(index: number, field: Field): number | null;
  equals(index: number, field: Field, other: RowTable, otherIndex: number): boolean;
  /** The record itself. */
  bytes(): Buffer;
}

/** An empty table. */
export function createRowTable(): RowTable {
  let records = Buffer.alloc(width * 1024);
  let rows = new Uint32Array(1024);
  let size = 0;
  return {
    size: () => size,
    rowOf: (index) => rows[index] ?? 0,
    bytes: () => records,
    add({ row, example, fingerprint }) {
      if (size === rows.length) {
        records = Buffer.concat([records], records.length * 2);
        const more = new Uint32Array(size * 2);
        more.set(rows);
        rows = more;
      }
      const at = size * width;
      records.write(fingerprint, at, 'hex');
      records.write(digest(canonicalJson(example.meta)), at + 32, 'latin1');
      records.write(digest(idOf(example)), at + 48, 'latin1');
      records.write(digest(promptOf(example)), at + 64, 'latin1');
      rows[size] = row;
      size += 1;
    },
    keyOf(index, [from, length]) {
      const at = index * width + from;
      if (records.compare(nothing, 0, 16, at, at + Math.min(16, length)) === 0) return null;
      // Six bytes of a hash fit into a number; those of `whole` also cover metadata.
      const key = records.readUIntBE(at, 6);
      return length === fields.whole[1] ? key + records.readUIntBE(at + fields.fingerprint[1], 6) : key;
    },
    equals(index, [from, length], other, otherIndex) {
      const [a, b] = [index * width + from, otherIndex * width + from];
      return records.compare(other.bytes(), b, b + length, a, a + length) === 0;
    },
  };
}

/** 16 bytes as latin-1; zeroes for null. */
function digest(text: string | null): string {
  return text === null ? nothing.toString('latin1') : hash('sha256', text, 'binary').slice(0, 16);
}

/** Keys under which datasets name their rows. */
const idKeys = [
  'id',
  'uid',
  'uuid',
  'guid',
  '_id',
  'row_id',
  'example_id',
  'sample_id',
  'prompt_id',
  'conversation_id',
];

function idOf({ meta }: Example): string | null {
  for (const key of idKeys) {
    const value = Object.hasOwn(meta, key) ? meta[key] : undefined;
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return `${key} ${value}`;
  }
  return null;
}

/** The user's texts, normalised. If only system prompts and answers change, it is still the same row. */
function promptOf({ messages }: Example): string | null {
  const texts = messages
    .filter(({ role }) => role === 'user')
    .map(({ content }) => normalizeText(textOf(content) ?? ''));
  return texts.some((text) => text !== '') ? JSON.stringify(texts) : null;
}
