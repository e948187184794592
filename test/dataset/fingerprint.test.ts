import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createFingerprintSet, datasetFingerprint } from '../../src/dataset/fingerprint.ts';

describe('a dataset fingerprint', () => {
  it.each([0, 1, 2, 1000, 25_000])('is the hash of the sorted row fingerprints, for %d rows', (count) => {
    const rows = Array.from({ length: count }, (_, i) =>
      // Every tenth row twice: it is a hash of a multiset.
      createHash('sha256')
        .update(String(i - (i % 10 === 9 ? 1 : 0)))
        .digest('hex'),
    );
    const wanted = createHash('sha256');
    for (const row of [...rows].sort()) wanted.update(Buffer.from(row, 'hex'));
    expect(datasetFingerprint(rows)).toBe(wanted.digest('hex'));
    expect(datasetFingerprint([...rows].reverse())).toBe(datasetFingerprint(rows));
  });

  it('may be asked for while rows still come', () => {
    const set = createFingerprintSet();
    set.add('\xff'.repeat(32));
    const one = set.digest();
    expect(set.digest()).toBe(one);
    set.add('\x00'.repeat(32));
    expect(set.digest()).not.toBe(one);
    expect(set.size()).toBe(2);
  });
});
