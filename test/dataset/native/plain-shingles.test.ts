// Native code hashes rows as TypeScript does, bit for bit, or leaves them alone; and characters are cut as words.ts says.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClasses, hard } from '../../../src/dataset/duplicates/character-classes.ts';
import { createRowHasher } from '../../../src/dataset/duplicates/hash-rows.ts';
import { createShingler } from '../../../src/dataset/duplicates/shingler.ts';
import { wordsOf } from '../../../src/dataset/duplicates/words.ts';
import { findFormat } from '../../../src/dataset/formats/index.ts';
import { createPlainShingler, shingleLineWidth } from '../../../src/dataset/native/plain-shingles.ts';
import { sourceSha256 } from '../../../src/dataset/native/shingles-wasm.ts';
import { parseRow } from '../../../src/dataset/readers/parse-row.ts';
import { createUsableJudge } from '../../../src/dataset/scan/raw-rows.ts';

it('is compiled from the committed source', () => {
  const native = new URL('../../../src/dataset/native/', import.meta.url);
  const header = readFileSync(new URL('everyday-row.h', native));
  const source = readFileSync(new URL('shingles.c', native));
  expect(createHash('sha256').update(header).update(source).digest('hex')).toBe(sourceSha256);
});

describe('every code point', () => {
  it.each(['auto', 'words', 'characters'] as const)('is cut as the definition says (%s)', (unit) => {
    const shingler = createShingler({ n: 3, unit });
    const hashOf = (text: string) => {
      shingler.addText(text);
      const found = [shingler.words(), shingler.hashWords(0, shingler.words())];
      shingler.endRow();
      return found;
    };
    const wrong: string[] = [];
    for (let point = 0; point < 0x20000; point += 1) {
      const char = String.fromCodePoint(point);
      // Between letters, alone, first and last; twice in a row.
      const text = `a${char}B ${char} ${char}y x${char} ${char}${char}`;
      // Words with a space after each are cut again as they are, whatever is in them: there is nothing to normalise.
      const expected = hashOf(wordsOf(text, unit).join(' '));
      if (JSON.stringify(hashOf(text)) !== JSON.stringify(expected)) wrong.push(`U+${point.toString(16)}`);
    }
    expect(wrong).toEqual([]);
  });
});

it('every character that Unicode joins with one before it makes a text be normalised as a whole', () => {
  const { classify, classifyPair } = createClasses('auto', false);
  const wrong = new Set<string>();
  for (let point = 0; point < 0x110000; point += 1) {
    const char = String.fromCodePoint(point);
    for (const tail of [...char.normalize('NFD')].slice(1)) {
      const code = tail.codePointAt(0) as number;
      if ((code < 0x10000 ? classify(code) : classifyPair(code)) !== hard)
        wrong.add(`U+${code.toString(16)}`);
    }
  }
  expect([...wrong]).toEqual([]);
});

describe('rows', () => {
  const piece = fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom('river ', 'a', 'The ', '7 ', 'é', '，', '中', '😀') },
    fc.constantFrom(
      'a',
      'The',
      'x1',
      ' ',
      ' ',
      '.',
      '\n',
      '\t',
      '"',
      '\\',
      '/',
      '\r',
      'É',
      'é',
      '，',
      '中文',
      'カ',
      '😀',
      '𐐀',
      '𠀀',
      '½',
      'Σ',
      'e\u0301',
      '\u0000',
      '\u001f',
      '\u007f',
      '\ufffd',
      '\u2028',
      'ＡＢ',
      '²',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((all) => all.join(''));
  const ascii = (value: unknown): string =>
    JSON.stringify(value).replace(
      /[\u0080-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const write = fc.constantFrom(JSON.stringify, ascii, (value: unknown) =>
    JSON.stringify(value).replaceAll('":', '" : ').replaceAll('/', '\\/'),
  );

  const alpaca = fc
    .record({ instruction: text, input: fc.option(text, { nil: undefined }), output: text })
    .map(({ instruction, input, output }) =>
      input === undefined ? { instruction, output } : { instruction, input, output },
    );
  const chatml = fc
    .tuple(fc.boolean(), fc.array(text, { minLength: 1, maxLength: 4 }))
    .map(([lead, texts]) => ({
      messages: texts.map((content, i) => ({
        role: lead && i === 0 ? 'system' : (i - Number(lead)) % 2 ? 'assistant' : 'user',
        content,
      })),
    }));

  const compare = (format: string, line: string, n: number): boolean => {
    const plain = createPlainShingler(format, n, 'auto', 12);
    const region = Buffer.from(`${line}\n`);
    const { lines, table, shingles, bytes } = plain?.read(region, 0) ?? {};
    expect([lines, bytes]).toEqual([1, region.length]);
    const size = table?.[2] ?? 0;
    if (size === 0) return false;
    const { example, code } = createUsableJudge(findFormat(format))(parseRow(line, 1, 1));
    expect(code).toBe(undefined);
    const row = example && createRowHasher({ n, unit: 'auto', key: 'row' })(example);
    expect([...(shingles?.subarray(0, size) ?? [])].sort()).toEqual(
      [...(row?.shingles.subarray(0, row.size) ?? [])].sort(),
    );
    expect([...(table?.subarray(3, shingleLineWidth) ?? [])]).toEqual([...(row?.fields ?? [])]);
    const { counts } = plain?.counts() ?? {};
    const counted =
      counts?.reduce(
        (sum, four) => sum + (four & 3) + ((four >> 2) & 3) + ((four >> 4) & 3) + (four >> 6),
        0,
      ) ?? 0;
    expect(counted).toBeGreaterThan(0);
    expect(counted).toBeLessThanOrEqual(size);
    return true;
  };

  it.each([
    { format: 'alpaca', rows: alpaca },
    { format: 'chatml', rows: chatml },
  ])('of $format are hashed alike, or left to TypeScript', ({ format, rows }) => {
    let taken = 0;
    fc.assert(
      fc.property(rows as fc.Arbitrary<unknown>, write, fc.integer({ min: 1, max: 5 }), (value, as, n) => {
        if (compare(format, as(value), n)) taken += 1;
      }),
      { seed: 11, numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it('that are cut, mutated or of another shape are never taken for good ones', () => {
    const good = '{"instruction": "Name a river.", "input": "", "output": "The \\u00e9lan\\n \\"Loire\\"."}';
    let taken = 0;
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.nat(3),
        fc.constantFrom('', '"', '\\', '}', '{', ',', 'u', '\u0001', 'é', ' '),
        (at, cut, put) => {
          if (compare('alpaca', good.slice(0, at) + put + good.slice(at + cut), 3)) taken += 1;
        },
      ),
      { seed: 12, numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('of many words are left to TypeScript, and all lines are counted', () => {
    const long = JSON.stringify({ instruction: 'w '.repeat(20_000), output: 'x' });
    const short = JSON.stringify({ instruction: 'Name a river.', output: 'The Loire.' });
    const region = Buffer.from([short, long, '', '  ', short, '{"instruction":1}', short].join('\n'));
    const { lines, table, bytes } = createPlainShingler('alpaca', 3, 'auto', 12)?.read(region, 0) ?? {};
    expect([lines, bytes]).toEqual([7, region.length]);
    const sizes = Array.from({ length: 7 }, (_, i) => table?.[i * shingleLineWidth + 2]);
    expect(sizes).toEqual([3, 0, 0, 0, 3, 0, 3]);
  });
});
