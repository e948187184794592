// Fixes change the characters they name and nothing else of a row's text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFixes } from '../../../src/dataset/scan/apply-fixes.ts';

const row = '{ "id": 1.0,"text":"caf\\u00e9  \\n", "big": 12345678901234567890, "text2":"a" }';

describe('fixes of a row', () => {
  it('leave every other character as it was written: escapes, spaces, long numbers, the order of keys', () => {
    const fixes = [{ pointer: '/text', fix: { from: 4, to: 7, text: '' } }];
    expect(applyFixes(row, fixes)).toEqual({
      text: '{ "id": 1.0,"text":"caf\\u00e9", "big": 12345678901234567890, "text2":"a" }',
      applied: [true],
    });
  });

  it('are written as JSON needs them', () => {
    const { text } = applyFixes(row, [{ pointer: '/text2', fix: { from: 0, to: 1, text: '"\n\\' } }]);
    expect((JSON.parse(text) as { text2: string }).text2).toBe('"\n\\');
  });

  it('apply the first of two that overlap, and both where they only touch', () => {
    const at = (from: number, to: number, text: string) => ({ pointer: '/t', fix: { from, to, text } });
    const apply = (...fixes: ReturnType<typeof at>[]) => applyFixes('{"t":"abcdef"}', fixes);
    expect(apply(at(1, 4, 'X'), at(3, 5, 'Y'))).toEqual({ text: '{"t":"aXef"}', applied: [true, false] });
    expect(apply(at(4, 6, ''), at(0, 2, 'Z'))).toEqual({ text: '{"t":"Zcd"}', applied: [true, true] });
    expect(apply(at(2, 2, 'X'), at(2, 2, 'Y'))).toEqual({ text: '{"t":"abXcdef"}', applied: [true, false] });
    expect(apply(at(1, 2, 'X'), at(1, 2, 'X'))).toEqual({ text: '{"t":"aXcdef"}', applied: [true, true] });
  });

  it('that replace a whole text overlap only where they change it', () => {
    const whole = { pointer: '/t', fix: { from: 0, to: 5, text: 'a\r\nb' } };
    const inner = { pointer: '/t', fix: { from: 2, to: 4, text: '\n' } };
    expect(applyFixes('{"t":" a\\r\\nb"}', [whole, inner])).toEqual({
      text: '{"t":"a\\nb"}',
      applied: [true, true],
    });
  });

  it('that fit no string are left out', () => {
    const fix = { from: 0, to: 9, text: '' };
    expect(
      applyFixes('{"t":"abc","n":1}', [
        { pointer: '/t', fix },
        { pointer: '/n', fix },
        { pointer: '/x', fix },
      ]),
    ).toEqual({
      text: '{"t":"abc","n":1}',
      applied: [false, false, false],
    });
  });

  it('never write half a character', () => {
    const fixes = [{ pointer: '/t', fix: { from: 0, to: 2, text: '\u{1f601}' } }];
    const { text } = applyFixes('{"t":"\u{1f600}"}', fixes);
    expect(Buffer.from(text).toString('utf8')).toBe('{"t":"\u{1f601}"}');
  });

  it('give the value that the fix gives, for any text and any range', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(text, text, text, text, fc.boolean(), (left, middle, right, put, escaped) => {
        const value = left + middle + right;
        // Any character may be escaped in JSON.
        const spelt = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
        const inside = escaped ? value.replace(/[\s\S]/g, spelt) : JSON.stringify(value).slice(1, -1);
        const source = `{"a":["${inside}"]}`;
        const fix = { from: left.length, to: left.length + middle.length, text: put };
        const fixed = applyFixes(source, [{ pointer: '/a/0', fix }]);
        expect(fixed.applied).toEqual([true]);
        expect(JSON.parse(fixed.text)).toEqual({ a: [left + put + right] });
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
