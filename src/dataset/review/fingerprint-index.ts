// Indexes a dataset's rows by fingerprint: 32 bytes per row, and an open-addressed table of row numbers.
import type { FingerprintList } from './permutation.ts';

export interface FingerprintIndex extends FingerprintList {
  /** Adds a row, 64 hex digits; returns its index, or the earlier index if the row is already there. */
  add(fingerprint: string): number;
  /** The index of a row; -1 if it is not there. */
  find(fingerprint: string): number;
  has(fingerprint: string): boolean;
  /** 64 hex digits. */
  at(index: number): string;
}

/** An empty index. */
export function createFingerprintIndex(): FingerprintIndex {
  let bytes = Buffer.alloc(32 * 1024);
  let slots = new Int32Array(1 << 12).fill(-1);
  let rows = 0;
  const wanted = Buffer.alloc(32);

  // A fingerprint is a hash, so any of its bits select a slot.
  const slotOf = (row: Buffer, offset: number): number => {
    for (let slot = row.readUInt32LE(offset) & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const found = slots[slot] ?? -1;
      if (found < 0 || bytes.compare(row, offset, offset + 32, found * 32, found * 32 + 32) === 0)
        return slot;
    }
  };
  const grow = (): void => {
    if ((rows + 1) * 32 > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
    if ((rows + 1) * 2 <= slots.length) return;
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let row = 0; row < rows; row += 1) slots[slotOf(bytes, row * 32)] = row;
  };
  const find = (fingerprint: string): number => {
    wanted.write(fingerprint, 'hex');
    return slots[slotOf(wanted, 0)] ?? -1;
  };
  return {
    get bytes() {
      return bytes;
    },
    get rows() {
      return rows;
    },
    add(fingerprint) {
      grow();
      const known = find(fingerprint);
      if (known >= 0) return known;
      wanted.copy(bytes, rows * 32);
      slots[slotOf(wanted, 0)] = rows;
      rows += 1;
      return rows - 1;
    },
    find,
    has: (fingerprint) => find(fingerprint) >= 0,
    at: (index) => bytes.toString('hex', index * 32, index * 32 + 32),
  };
}
