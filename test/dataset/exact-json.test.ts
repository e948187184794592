import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/dataset/canonical-json.ts';
import { exactJson, keepExact, noteExact, writtenNumber } from '../../src/dataset/exact-json.ts';

function read(text: string): unknown {
  const value: unknown = JSON.parse(text);
  noteExact(text, value);
  return value;
}

describe('JSON written unchanged', () => {
  it('keeps numbers, the order of keys and odd keys', () => {
    for (const text of [
      '{"amount":10.0,"rate":1e3,"tiny":1.50,"big":12345678901234567890,"zero":-0,"cold":-0.0,"E":1E+5}',
      '{"10":"a","9":"b","1":{"2":1.0,"x":[1,2.0,{"7":0,"3":1}]}}',
      '{"__proto__":{"__proto__":1.0},"constructor":2.0,"":3.0,"a\\"b\\n":4.0}',
      '[1.0,[2.0],{"a":[]},"1.0",null,true,-1e-7]',
      '{"deep":[[[{"n":100000000000000000000}]]],"text":"10.0 and \\\\ 1e3"}',
    ])
      expect(exactJson(read(text))).toBe(text);
  });

  it('is JSON.stringify for all else, white space apart', () => {
    const values = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(values, fc.constantFrom('', '\t', ' \n '), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(JSON.parse(exactJson(read(text)))).toEqual(JSON.parse(text));
        const plain: unknown = JSON.parse(text);
        expect(exactJson(plain)).toBe(JSON.stringify(plain));
      }),
      { seed: 11, numRuns: 2000 },
    );
  });

  it('finds every number in any surroundings', () => {
    const number = fc.constantFrom('1.0', '2e5', '0.50', '98765432109876543210', '7', '-0', '0.25', '1E-9');
    const tree = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        number,
        fc.string().map((text) => JSON.stringify(text)),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
        fc
          .uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.nat(20).map(String)), tie('value')), {
            maxLength: 4,
            selector: ([key]) => key,
          })
          .map((all) => `{${all.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
      ),
    }));
    fc.assert(
      fc.property(tree.value, (inner) => {
        const text = `{"a":${inner}}`;
        expect(exactJson(read(text))).toBe(text);
      }),
      { seed: 12, numRuns: 3000 },
    );
  });

  it('takes the last of two equal keys', () => {
    expect(exactJson(read('{"a":{"b":1.0,"9":1,"8":1},"a":{"b":2},"c":3.0,"c":4}'))).toBe(
      '{"a":{"b":2},"c":4}',
    );
    expect(exactJson(read('{"a":1,"a":{"b":2.0}}'))).toBe('{"a":{"b":2.0}}');
    expect(exactJson(read('{"a":[1.0],"a":"x"}'))).toBe('{"a":"x"}');
  });

  it('goes with an object that is made again', () => {
    const row = read('{"9":1.0,"1":2.0,"b":3.0}') as Record<string, unknown>;
    const copy = keepExact(row, { ...row, b: 4, added: 5 });
    expect(exactJson(copy)).toBe('{"9":1.0,"1":2.0,"b":4,"added":5}');
    expect(writtenNumber(row, 'b')).toBe('3.0');
    expect(writtenNumber(copy, 'b')).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  const canonical = (text: string): string => canonicalJson(read(text));

  it('tells numbers apart that Python tells apart, and no others', () => {
    const same = ['10.0', '10.00', '1e1', '1.0E+1', '100e-1'];
    for (const text of same) expect(canonical(`{"a":${text}}`)).toBe('{"a":10.0}');
    expect(canonical('{"a":10}')).toBe('{"a":10}');
    expect(canonical('[1e20,100000000000000000000]')).toBe('[100000000000000000000.0,100000000000000000000]');
    expect(canonical('[12345678901234567890,12345678901234567891]')).toBe(
      '[12345678901234567890,12345678901234567891]',
    );
    expect(canonical('[-0,-0.0,0.0,0]')).toBe('[0,-0.0,0.0,0]');
  });

  it('is what it was for numbers that JavaScript writes as they are', () => {
    expect(canonical('{"b":1.50,"a":[0.1,1e-7,2.5e3,-3]}')).toBe('{"a":[0.1,1e-7,2500.0,-3],"b":1.5}');
    expect(canonical('{"b":1.5,"a":[0.1,-3]}')).toBe(canonicalJson(JSON.parse('{"b":1.5,"a":[0.1,-3]}')));
  });

  it('does not depend on the order of keys', () => {
    expect(canonical('{"10":1,"9":2}')).toBe(canonical('{"9":2,"10":1}'));
  });
});
