// Fingerprints by row number, packed: 16 bytes a row.
import { rowDigits } from './baseline.ts';

export interface RowFingerprints {
  /** `fingerprint` is hex; its first 32 digits are kept. */
  set(row: number, fingerprint: string): void;
  /** Null if none was set. */
  get(row: number): string | null;
}

const width = rowDigits / 2;

/** A growing table. */
export function createRowFingerprints(): RowFingerprints {
  let bytes = Buffer.alloc(width * 1024);
  const none = '0'.repeat(rowDigits);
  return {
    set(row, fingerprint) {
      const at = row * width;
      if (at + width > bytes.length) bytes = Buffer.concat([bytes], Math.max(bytes.length * 2, at + width));
      bytes.write(fingerprint.slice(0, rowDigits), at, 'hex');
    },
    get(row) {
      const found = bytes.toString('hex', row * width, row * width + width);
      return found === '' || found === none ? null : found;
    },
  };
}
