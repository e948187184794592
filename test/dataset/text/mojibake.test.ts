import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findMojibake } from '../../../src/dataset/text/mojibake.ts';

const windows = new TextDecoder('windows-1252');
const garble = (text: string): string => windows.decode(Buffer.from(text, 'utf8'));
const mend = (text: string): string => {
  const found = findMojibake(text);
  return found ? text.slice(0, found.from) + found.text + text.slice(found.to) : text;
};

it('gives back what was read as Windows-1252, once or twice', () => {
  const accented = fc.string({ unit: fc.constantFrom(...'aeiou .,;éèüößñçåøÉÜ’“”–…€'), minLength: 1 });
  fc.assert(
    fc.property(accented, (text) => {
      fc.pre(/[éèüößñçåøÉÜ’“”–…€]/.test(text));
      expect(mend(garble(text))).toBe(text);
      expect(mend(garble(garble(text)))).toBe(text);
    }),
    { seed: 6, numRuns: 1_000 },
  );
});

it('gives back what was read as Latin-1', () => {
  expect(mend(Buffer.from('Привет, 世界 🙂', 'utf8').toString('latin1'))).toBe('Привет, 世界 🙂');
});

it('lets every plain text of Western Europe be', () => {
  const plain = fc.string({
    unit: fc.constantFrom(...'abcdefgNOAE ,.;éèêàâîôûçäöüßñóíáúãõåæøÉÃÂÄÖÜ'),
    minLength: 1,
  });
  fc.assert(
    fc.property(plain, (text) => {
      expect(findMojibake(text)).toBeNull();
    }),
    { seed: 7, numRuns: 2_000 },
  );
});
