import { hash } from 'node:crypto';
import type { Key } from '../duplicates/murmur3.ts';

/** 128 bits of SHA-256 of a text. */
export function textKey(text: string): Key {
  const bytes = hash('sha256', text, 'buffer');
  return [bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readInt32LE(8), bytes.readInt32LE(12)];
}
