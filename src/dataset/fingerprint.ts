// Fingerprints identify rows exactly, in any file and order.
import { createHash, hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Example, Message } from './example.ts';

/** SHA-256 (hex) of the canonical JSON of `{messages, tools, chosen, rejected}`; nothing normalised, no meta. */
export function rowFingerprint(example: Example): string {
  return hex(fingerprintBytes(example));
}

/** A fingerprint of 32 latin-1 characters as hex. */
export function hex(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}

/** The same as 32 latin-1 characters, a fast form for scanning. */
export function fingerprintBytes(example: Example): string {
  const { messages, tools, chosen, rejected } = example;
  if (tools || chosen || rejected)
    return hash('sha256', canonicalJson({ messages, tools, chosen, rejected }), 'binary');
  let json = '{"messages":[';
  for (let i = 0; i < messages.length; i += 1)
    json += (i > 0 ? ',' : '') + canonicalMessage(messages[i] as Message);
  return hash('sha256', `${json}]}`, 'binary');
}

// Most messages are only a role and a text and need no sorting.
function canonicalMessage(message: Message): string {
  for (const key in message) if (key !== 'role' && key !== 'content') return canonicalJson(message);
  return typeof message.content === 'string'
    ? `{"content":${quote(message.content)},"role":"${message.role}"}`
    : canonicalJson(message);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes exactly these, and line breaks
const escaped = /["\\\u0000-\u0009\u000b-\u001f\ud800-\udfff]/;

/** JSON.stringify of a string; faster if only line breaks need an escape. */
function quote(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text.replaceAll('\n', '\\n')}"`;
}

export interface FingerprintSet {
  /** Adds one row, as `fingerprintBytes` returned it. */
  add(bytes: string): void;
  size(): number;
  /** SHA-256 (hex) over the sorted row fingerprints, 32 bytes each: the same for any order of the same rows. */
  digest(): string;
}

/** Collects row fingerprints: 32 bytes per row. */
export function createFingerprintSet(): FingerprintSet {
  let rows = Buffer.alloc(32 * 1024);
  let count = 0;
  return {
    add(bytes) {
      if ((count + 1) * 32 > rows.length) rows = Buffer.concat([rows], rows.length * 2);
      rows.write(bytes, count * 32, 'latin1');
      count += 1;
    },
    size: () => count,
    digest: () => sortedDigest(rows, count),
  };
}

/** The dataset fingerprint of rows whose hex fingerprints are given, in any order. */
export function datasetFingerprint(fingerprints: Iterable<string>): string {
  const set = createFingerprintSet();
  for (const each of fingerprints) set.add(Buffer.from(each, 'hex').toString('latin1'));
  return set.digest();
}

function sortedDigest(rows: Buffer, count: number): string {
  const digest = createHash('sha256');
  // Bucket by the first byte, or by the first two if there are many rows, then sort the few in each bucket.
  const shift = count > 20_000 ? 0 : 8;
  const bucketOf = (i: number): number => rows.readUInt16BE(i * 32) >> shift;
  const starts = new Uint32Array((65_536 >> shift) + 1);
  for (let i = 0; i < count; i += 1) starts[bucketOf(i) + 1] = (starts[bucketOf(i) + 1] ?? 0) + 1;
  for (let b = 1; b < starts.length; b += 1) starts[b] = (starts[b] ?? 0) + (starts[b - 1] ?? 0);
  const next = starts.slice();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const at = next[bucketOf(i)] ?? 0;
    order[at] = i;
    next[bucketOf(i)] = at + 1;
  }
  // Within a bucket, the next four bytes nearly always differ.
  const compare = (x: number, y: number): number =>
    rows.readUInt32BE(x * 32 + 1) - rows.readUInt32BE(y * 32 + 1) ||
    rows.compare(rows, y * 32, y * 32 + 32, x * 32, x * 32 + 32);
  const sorted = Buffer.alloc(Math.min(count, 4096) * 32);
  let filled = 0;
  for (let b = 0; b + 1 < starts.length; b += 1) {
    const members = order.subarray(starts[b], starts[b + 1]);
    if (members.length > 1) members.sort(compare);
    for (const i of members) {
      rows.copy(sorted, filled, i * 32, i * 32 + 32);
      filled += 32;
      if (filled < sorted.length) continue;
      digest.update(sorted);
      filled = 0;
    }
  }
  return digest.update(sorted.subarray(0, filled)).digest('hex');
}
