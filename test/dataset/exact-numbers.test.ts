import { describe, expect, it } from 'vitest';
import { findInexact } from '../../src/dataset/exact-numbers.ts';
import { readBytes } from './readers/read-bytes.ts';
import { scanText } from './scan-text.ts';

describe('numbers that no program can hold', () => {
  it('are those that Python reads as infinity, or not at all', () => {
    const digits = '7'.repeat(4300);
    const text = `[9007199254740993, 1e400, -1.0E999, 0.1, 1e20, 1.0, ${digits}, ${digits}7, -${'9'.repeat(400)}.0]`;
    expect(findInexact(text).map(({ path }) => path[0])).toEqual([1, 2, 7, 8]);
  });

  const row = (order: string): string =>
    `{"id":12345678901234567890,"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","function":{"name":"ship","arguments":{"order":${order}}}}]},{"role":"tool","tool_call_id":"a","content":"ok"},{"role":"assistant","content":"Done."}]}\n`;

  it('in a conversation are an error', async () => {
    const { findings, result } = await scanText(row('1e400'));
    expect(result.ledger.dropped).toEqual({ D205: 1 });
    expect(findings.find(({ code }) => code === 'D205')?.message).toBe(
      'The number 1e400 is too large: Python reads it as infinity, or not at all.',
    );
  });

  it('are not an error if they keep their digits, and two rows that differ in the last digit are two rows', async () => {
    const orders = ['12345678901234567890', '12345678901234567891', '10', '10.0', '1e1'];
    const { result } = await scanText(orders.map(row).join(''));
    expect(result.ledger.kept).toBe(4);
    expect(result.ledger.dropped).toEqual({ D050: 1 });
  });

  it('keep their digits in a column of lists', async () => {
    const cell = '[{""role"": ""user"", ""content"": ""Hi"", ""n"": 12345678901234567890}]';
    const { rows } = await readBytes(`id,messages\n7,"${cell}"\n`);
    expect(rows[0]?.text).toContain('12345678901234567890');
    expect(JSON.parse(rows[0]?.text ?? '')).toEqual(rows[0]?.value);
  });
});
