import { expect, it } from 'vitest';
import { createKeyTable } from '../../../src/dataset/duplicates/key-table.ts';
import type { Key } from '../../../src/dataset/duplicates/murmur3.ts';

it('answers like a Map, over many growths and colliding slots', () => {
  const table = createKeyTable();
  const map = new Map<string, number>();
  for (let i = 0; i < 20_000; i += 1) {
    // Few different first words, so that many keys fall on taken slots.
    const n = (i * 7919) % 10_000;
    const key: Key = [n % 17, n % 3, 0, n];
    const first = table.addIfNew(key, i);
    if (first !== (map.get(key.join()) ?? -1)) expect.fail(`key ${n}: ${first}`);
    if (!map.has(key.join())) map.set(key.join(), i);
  }
  expect(table.size()).toBe(map.size);
});

it('takes at most 50 bytes a key, what growing leaves behind included', () => {
  const keys = 1_000_000;
  const before = process.memoryUsage().arrayBuffers;
  const table = createKeyTable();
  for (let i = 0; i < keys; i += 1) table.addIfNew([Math.imul(i, 0x9e3779b1), i, 1, 2], i);
  expect((process.memoryUsage().arrayBuffers - before) / keys).toBeLessThan(50);
  expect(table.addIfNew([0, 0, 1, 2], 7)).toBe(0);
});
