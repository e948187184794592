import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerptAt, findPointer, positionAt } from '../../src/dataset/text-position.ts';
import { walkJson } from '../../src/dataset/walk-json.ts';

fc.configureGlobal({ seed: 7 });

const pointerOf = (path: readonly (string | number)[]) =>
  path.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

describe('walkJson', () => {
  it('accepts what JSON.parse accepts, and refuses what it refuses', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\n', '\\', 'x', ':', '-', '0'))
      .map(([text, at, put]) => {
        const i = at % (text.length + 1);
        return text.slice(0, i) + put + text.slice(i + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
        let good = true;
        try {
          JSON.parse(text);
        } catch {
          good = false;
        }
        const fault = walkJson(text, {});
        expect(fault === null).toBe(good);
        if (fault) expect(fault.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('visits every value at the place where its text starts', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        walkJson(text, {
          value(path, offset) {
            const wanted = path.reduce<unknown>((at, token) => (at as Record<string, unknown>)[token], value);
            const shown = JSON.stringify(wanted, null, indent) ?? '';
            expect(text[offset]).toBe(shown[0]);
            expect(findPointer(text, pointerOf(path))).toBe(offset);
          },
        });
      }),
    );
  });

  it('walks strings and nesting of millions of characters', () => {
    const long = JSON.stringify({ text: 'ab\\"\n'.repeat(1_000_000) });
    expect(walkJson(long, {})).toBeNull();
    const deep = '['.repeat(1_000_000);
    expect(walkJson(deep, {})?.reason).toContain('ends before its last bracket');
  });

  it.each([
    ['{"a": True}', 6, 'write true'],
    ['{"a": NaN}', 6, 'null'],
    ["{'a': 1}", 1, 'double quotes'],
    ['{"a": 1,}', 7, 'remove the comma'],
    ['{"a": 1},', 8, 'without commas'],
    ['{"a": "x\ty"}', 8, '\\t'],
    ['{"a": "x\ny"}', 6, '\\n'],
    ['{"a": "\\d"}', 7, 'backslash'],
    ['{"a": 1} {"b": 2}', 9, 'a line of its own'],
    ['{"a": 1 "b": 2}', 8, 'comma'],
  ])('says where and how to mend %s', (text, offset, hint) => {
    const fault = walkJson(text, {});
    expect(fault?.offset).toBe(offset);
    expect(fault?.hint).toContain(hint);
  });

  it('names keys that stand twice, also where escapes hide it', () => {
    const seen: string[] = [];
    walkJson('{"a":1,"b":{"c":1,"\\u0063":2},"a":3}', { duplicateKey: (path) => seen.push(pointerOf(path)) });
    expect(seen).toEqual(['/b/c', '/a']);
  });
});

describe('findPointer', () => {
  it('falls back to the nearest enclosing value', () => {
    expect(findPointer('{"messages":[{"role":"user"}]}', '/messages/0/content')).toBe(13);
  });

  it('takes the last of two equal keys, as JSON.parse does', () => {
    expect(findPointer('{"a":1,"a":2}', '/a')).toBe(11);
  });

  it('finds a character inside a string through its escapes', () => {
    const text = '{"a":"x\\n\\u00e9é\\"z"}';
    const value = (JSON.parse(text) as { a: string }).a;
    expect(text[findPointer(text, '/a', value.indexOf('z'))]).toBe('z');
    expect(text.slice(findPointer(text, '/a', 2)).startsWith('\\u00e9')).toBe(true);
  });
});

describe('positionAt', () => {
  it('counts lines from the row, and columns in UTF-16 units', () => {
    const text = '{\n  "ü😀": 1}';
    expect(positionAt(text, 0, { line: 7, column: 5 })).toEqual({ line: 7, column: 5 });
    expect(positionAt(text, text.indexOf('1'), { line: 7, column: 5 })).toEqual({ line: 8, column: 10 });
  });
});

describe('excerptAt', () => {
  it('shows at most 200 characters of the line, the caret on the character', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), (before, after) => {
        const text = `first\n${'b'.repeat(before)}X${'a'.repeat(after)}\nlast`;
        const excerpt = excerptAt(text, text.indexOf('X'));
        expect(excerpt.text.length).toBeLessThanOrEqual(200);
        expect(excerpt.text[excerpt.column - 1]).toBe('X');
      }),
    );
  });
});
