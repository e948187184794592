import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findInexact, stringifyExactly } from '../../src/dataset/exact-numbers.ts';
import { readBytes } from './readers/read-bytes.ts';
import { scanText } from './scan-text.ts';

describe('numbers that JSON.parse cannot hold', () => {
  it('are whole ones whose digits change, and those that become infinite', () => {
    const text =
      '[9007199254740993, 9007199254740991, -12345678901234567890, 1e400, 0.1, 1e20, 1.0, -0, 0.12345678901234567890]';
    expect(findInexact(text).map(({ path, source }) => [path[0], source])).toEqual([
      [0, '9007199254740993'],
      [2, '-12345678901234567890'],
      [3, '1e400'],
    ]);
  });

  it('are found exactly where a BigInt says that they differ', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 21n) + 1n, max: 10n ** 21n - 1n }), (number) => {
        const exact = BigInt(Number(number)) === number && String(Number(number)) === String(number);
        expect(findInexact(`{"a":[${number}]}`).length).toBe(exact ? 0 : 1);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  it('of fields are written again as they stood, whatever stands around them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.oneof(fc.jsonValue(), fc.constant('@big@'), fc.constant(['a}]"', '@big@'])),
        ),
        (fields) => {
          const source = JSON.stringify(fields, null, 1).replaceAll('"@big@"', '12345678901234567890');
          const row = { added: '12', ...(JSON.parse(source) as object) };
          const written = stringifyExactly(row, source);
          expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(row)));
          expect(written.split('12345678901234567890').length).toBe(
            source.split('12345678901234567890').length,
          );
        },
      ),
      { seed: 6, numRuns: 1000 },
    );
  });

  it('in a conversation are an error, so that two rows are not taken for one', async () => {
    const row = (order: string): string =>
      `{"id":12345678901234567890,"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","function":{"name":"ship","arguments":{"order":${order}}}}]},{"role":"tool","tool_call_id":"a","content":"ok"},{"role":"assistant","content":"Done."}]}\n`;
    const { findings, result } = await scanText(row('12345678901234567890') + row('12345678901234567891'));
    expect(result.ledger.dropped).toEqual({ D205: 2 });
    expect(findings.filter(({ code }) => code === 'D205')).toHaveLength(2);
    expect(findings.find(({ code }) => code === 'D205')?.message).toBe(
      'The number 12345678901234567890 is read as 12345678901234567000.',
    );
  });

  it('keep their digits in a column of lists', async () => {
    const cell = '[{""role"": ""user"", ""content"": ""Hi"", ""n"": 12345678901234567890}]';
    const { rows } = await readBytes(`id,messages\n7,"${cell}"\n`);
    expect(rows[0]?.text).toContain('12345678901234567890');
    expect(JSON.parse(rows[0]?.text ?? '')).toEqual(rows[0]?.value);
  });
});
