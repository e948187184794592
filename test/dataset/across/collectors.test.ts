// What all checks across rows promise alike: the order of rows changes nothing but places, and memory is bounded.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alpaca } from '../../../src/dataset/formats/alpaca.ts';
import { resolveSettings } from '../../../src/dataset/scan/check-settings.ts';
import { acrossChecks } from '../../../src/dataset/scan/judged-row.ts';
import type { Finding } from '../../../src/diagnostics/finding.ts';
import { scanText } from '../scan-text.ts';

const openings = ['Certainly! ', 'Sure, here it is: ', '', '', ''];
const answers = [
  'Positive',
  'positive.',
  ' POSITIVE',
  'Negative',
  'There is no simple reply to this question.',
  'there is another one without a stop',
  '"Quoted as a whole, from the first word on."',
  'Two things:\n- one\n- two',
  'Two things:\n* one\n* two',
  'import os\n\ndef open(name):\n    return name',
  'Это ответ на другом языке, а не на английском.',
];
const closings = ['', '', ' Let me know if you need more help!'];
const systems = [
  undefined,
  'You are a kind teacher of small children.',
  'You are a kind teacher of small children',
];

const row = fc.record({
  instruction: fc.integer({ min: 0, max: 60 }),
  opening: fc.constantFrom(...openings),
  answer: fc.constantFrom(...answers),
  closing: fc.constantFrom(...closings),
  system: fc.constantFrom(...systems),
  long: fc.constantFrom(0, 0, 0, 0, 3000),
});

type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

function toLine({ instruction, opening, answer, closing, system, long }: Row): string {
  return JSON.stringify({
    // Equal examples have equal keys: of exact duplicates only the first is looked at.
    [instruction % 5 === 0 ? 'prompt' : 'instruction']: `Question ${instruction}`,
    input: '',
    output: `${opening}${answer}${'. More of it'.repeat(long)}${closing}`,
    system,
  });
}

const thresholds = {
  'outlying-length': { rows: 10 },
  'few-rows': { rows: 1000 },
  'final-punctuation': { share: 0.6 },
  'list-markers': { share: 0.6, rows: 5 },
  'leading-capital': { share: 0.6 },
  'near-equal-system': { ratio: 1 },
};

describe('the checks across rows', () => {
  it('find the same in any order of the rows, but for the places', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(row, { minLength: 30, maxLength: 120 })
          .chain((rows) =>
            fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
          ),
        async ([rows, shuffled]) => {
          const [one, other] = [await findingsOf(rows), await findingsOf(shuffled)];
          expect(other).toEqual(one);
          for (const each of one) seen.add(each.slice(0, 4));
        },
      ),
      { seed: 42, numRuns: 40 },
    );
    // A property over findings that never come would hold for any code.
    expect([...seen].sort()).toEqual(
      expect.arrayContaining(['D140', 'D143', 'D145', 'D149', 'D153', 'D157', 'D159']),
    );
  });

  it('stay within 40 MB together over 300,000 rows that have nothing in common', () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const across = acrossChecks(resolveSettings()).map((each) => each.across);
    const collectors = across.map((each) => each.collect());
    gc();
    const before = process.memoryUsage();
    const random = createRandom(7);
    for (let n = 0; n < 300_000; n += 1) {
      const words = (count: number): string =>
        Array.from({ length: count }, () => random().toString(36).slice(2, 9)).join(' ');
      const raw = { instruction: words(8), input: '', output: `${words(9)}. ${words(9)}`, [words(1)]: n };
      const example = alpaca.parse(raw, () => undefined);
      if (!example) throw new Error('a good row was refused');
      for (const [i, each] of across.entries()) {
        const trait = each.trait(example, raw, alpaca.shape);
        if (trait) collectors[i]?.add(n * 65_536, trait.value);
      }
    }
    gc();
    const after = process.memoryUsage();
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grown / 1e6).toBeLessThan(40);
    // They are still held, and still answer.
    const found: string[] = [];
    for (const collector of collectors) collector.end((_rows, message) => void found.push(message));
    expect(found).toEqual([]);
  }, 120_000);
});

async function findingsOf(rows: readonly Row[]): Promise<string[]> {
  const text = rows.map((each) => `${toLine(each)}\n`).join('');
  const { findings } = await scanText(text, { checks: thresholds, duplicates: { exact: 'drop' } });
  return findings
    .filter(({ code }) => /^D1[45]/.test(code))
    .map(withoutPlaces)
    .sort();
}

function withoutPlaces({ code, message, data }: Finding): string {
  const { places: _places, ...rest } = data ?? {};
  return `${code} ${message.replace(/ Also at [^"]*$/, '')} ${JSON.stringify(rest)}`;
}

// A small generator of numbers below 1, so that the rows are the same each time.
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
