import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compute, findWrongEquation } from '../../../src/dataset/text/arithmetic.ts';

const number = fc.integer({ min: 0, max: 9_999 });
const operator = fc.constantFrom('+', '-', '*');
// JavaScript reads the same signs with the same precedence; leading zeros and -- do not occur.
const expression = fc
  .tuple(number, fc.array(fc.tuple(operator, number, fc.boolean()), { minLength: 1, maxLength: 5 }))
  .map(([first, rest]) =>
    rest.reduce(
      (text, [sign, each, brackets]) => (brackets ? `(${text}) ${sign} ${each}` : `${text} ${sign} ${each}`),
      `${first}`,
    ),
  );
const evaluate = (text: string): number => Number(new Function(`return ${text}`)());

it('computes as JavaScript does', () => {
  fc.assert(
    fc.property(expression, (text) => {
      fc.pre(Math.abs(evaluate(text)) < 2 ** 53);
      expect(compute(text)?.value).toBe(evaluate(text));
    }),
    { seed: 4, numRuns: 1_000 },
  );
});

it('finds no fault in equations that hold, and one in every other', () => {
  fc.assert(
    fc.property(expression, fc.integer({ min: 1, max: 5 }), (text, off) => {
      const value = evaluate(text);
      fc.pre(value >= 0 && value < 1e9);
      expect(findWrongEquation(`So it is ${text} = ${value} in all.`)).toBeNull();
      const wrong = value + off;
      // The same digits moved may be another unit.
      fc.pre(
        ![100, 1000, 0.01, 0.001].some((each) => wrong === value * each) && !/^[01\s+*()-]+$/.test(text),
      );
      fc.pre(text.length < 70);
      expect(findWrongEquation(`So it is ${text} = ${wrong} in all.`)?.expected).toBe(value);
    }),
    { seed: 5, numRuns: 1_000 },
  );
});

it.each([
  ['48/2 = 24', null],
  ['10 / 3 = 3.33', null],
  ['10 / 3 = 3', null],
  ['10 / 4 = 3', null],
  ['1,200 + 300 = 1,500', null],
  ['$12 x 3 = $36', null],
  ['2^10 = 1024', null],
  ['(3 + 4) * 2 = 14', null],
  ['<<3*4=12>>12', null],
  ['<<3*4=13>>13', 12],
  ['3 + 4 * 2 = 14', 11],
  ['1 + 1 = 3', 2],
  ['- 5 + 3 = 9', null],
  ['sqrt 16 + 4 = 8', null],
  ['3 apples + 4 = 8', null],
  ['x + 4 = 8', null],
  ['1010 + 101 = 1111', null],
  ['5 - 7 = 2', -2],
  ['5 + 5 == 11', null],
  ['2 hours * 3 = 6', null],
  ['1/2 + 1/4 = 3/4', null],
  ['12:30 - 2 = 10', null],
  ['50 / 1/2 = 100', null],
])('%s', (text, expected) => {
  expect(findWrongEquation(text)?.expected ?? null).toBe(expected);
});
