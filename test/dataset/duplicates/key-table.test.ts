import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalizeText } from '../../../src/dataset/duplicates/duplicate-key.ts';
import { createKeyTable } from '../../../src/dataset/duplicates/key-table.ts';

fc.configureGlobal({ seed: 7 });

it('answers like a Map, over many growths and colliding slots', () => {
  const table = createKeyTable();
  const map = new Map<string, number>();
  for (let i = 0; i < 20_000; i += 1) {
    // Few different first words, so that many keys fall on taken slots.
    const n = (i * 7919) % 10_000;
    const key = String.fromCharCode(
      n % 199,
      n % 17,
      0,
      0,
      n & 255,
      n >> 8,
      0,
      255,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      n % 3,
    );
    const first = table.addIfNew(key, i);
    if (first !== (map.get(key) ?? -1)) expect.fail(`key ${n}: ${first}`);
    if (!map.has(key)) map.set(key, i);
  }
  expect(table.size()).toBe(map.size);
});

it('normalising a text twice changes nothing more, and words stay as they were', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'B', 'é', 'e\u0301', ' ', '\n', '\u00a0', '한', '😀') }),
      fc.constantFrom(' ', '  ', '\n', '\t ', '\u00a0'),
      (text, gap) => {
        const once = normalizeText(`${text}${gap}${text}`);
        expect(normalizeText(once)).toBe(once);
        expect(once.replace(/\s/g, '')).toBe(`${text}${text}`.replace(/\s/g, '').normalize('NFC'));
      },
    ),
  );
});
