import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTraitPacker, createTraitUnpacker } from '../../../src/dataset/scan/packed-traits.ts';

const trait = fc.record({
  check: fc.integer({ min: 0, max: 255 }),
  value: fc.string({ unit: 'binary', maxLength: 12 }),
  pointer: fc.constantFrom('', '/output', '/messages/1/content', '/messages/3/content'),
});

it('gives back the traits of every row as they were, through a structured clone', () => {
  fc.assert(
    fc.property(fc.array(fc.array(trait, { maxLength: 25 }), { maxLength: 60 }), (rows) => {
      const packer = createTraitPacker();
      for (const traits of rows) packer.add(traits);
      const next = createTraitUnpacker(structuredClone(packer.end()));
      // A row's traits are overwritten by the next's.
      expect(rows.map(() => structuredClone(next()))).toEqual(rows);
    }),
    { seed: 42, numRuns: 200 },
  );
});
