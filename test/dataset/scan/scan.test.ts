import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetFingerprint } from '../../../src/dataset/fingerprint.ts';
import { type Scanned, scanText } from '../scan-text.ts';

fc.configureGlobal({ seed: 7 });

const row = (n: number | string, answer = `Answer ${n}.`) =>
  JSON.stringify({ instruction: `Question ${n}?`, input: '', output: answer });
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, i) => row(from + i));

/** What must hold for any input whatever. */
function expectEveryRowOnce({ result, ledger, kept }: Scanned): void {
  const dropped = Object.values(result.ledger.dropped).reduce((sum, n) => sum + n, 0);
  expect(result.ledger.rows_in).toBe(result.rows);
  expect(result.ledger.kept + dropped).toBe(result.rows);
  expect(ledger.map((entry) => entry.row).sort((a, b) => a - b)).toEqual(
    Array.from({ length: result.rows }, (_, i) => i),
  );
  expect(kept.length).toBe(result.ledger.kept);
  expect(result.train.rows + result.validation.rows).toBe(result.ledger.kept);
  for (const entry of ledger) expect(entry.code === undefined).toBe(entry.fate !== 'dropped');
}

describe('the ledger', () => {
  it('accounts for every row of several files in order', async () => {
    const scanned = await scanText(
      [
        { text: [row(1), '{broken', row(2), row(1)].join('\n'), label: 'a.jsonl' },
        { text: `[${row(3)}, 7, ${row(2)}]`, label: 'b.json' },
      ],
      { split: { fraction: 0.3, seed: 1 } },
    );
    expectEveryRowOnce(scanned);
    expect(scanned.result.ledger).toEqual({
      rows_in: 7,
      kept: 3,
      fixed: 0,
      dropped: { D001: 1, D002: 1, D050: 2 },
    });
    const by = new Map(scanned.ledger.map((entry) => [entry.row, entry]));
    expect(by.get(3)).toMatchObject({ file: 'a.jsonl', line: 4, fate: 'dropped', code: 'D050' });
    expect(by.get(6)).toMatchObject({ file: 'b.json', line: 1, fate: 'dropped', code: 'D050' });
    expect(by.get(1)).toMatchObject({ fingerprint: null });
    expect(by.get(3)?.fingerprint).toBe(by.get(0)?.fingerprint);
  });

  it('holds for any bytes: mutated files never crash, hang or lose a row', async () => {
    const seeds = [
      rows(6).join('\n'),
      `[\n  ${rows(4).join(',\n  ')}\n]`,
      JSON.stringify(
        rows(4).map((each) => JSON.parse(each) as unknown),
        null,
        2,
      ),
      [
        '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello.","weight":1}],"id":1}',
        '{"messages":[{"role":"user","content":"Add."},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"add","arguments":"{}"}}]}],"tools":"[{\\"name\\":\\"add\\"}]"}',
      ].join('\n'),
      '{"conversations":[{"from":"human","value":"Hi"},{"from":"function_call","value":"{\\"name\\":\\"a\\",\\"arguments\\":{}}"}]}',
      '{"text":"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|im_end|>\\n"}',
    ].map((text) => Buffer.from(text));
    const mutation = fc.record({
      at: fc.nat(),
      remove: fc.nat(3),
      insert: fc.oneof(
        fc
          .constantFrom(
            '"',
            '{',
            '}',
            '[',
            ']',
            ',',
            ':',
            '\n',
            '\\',
            '\r',
            '\0',
            ' ',
            'null',
            '{}',
            '<|im_end|>',
          )
          .map((s) => Buffer.from(s)),
        fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        async (seed, mutations, chunk) => {
          let bytes = seed;
          for (const { at, remove, insert } of mutations) {
            const i = at % (bytes.length + 1);
            bytes = Buffer.concat([bytes.subarray(0, i), insert, bytes.subarray(i + remove)]);
          }
          const scanned = await scanText([{ text: bytes, chunk }], {
            split: { fraction: 0.5, seed: 3 },
            maxRowBytes: 400,
          });
          expectEveryRowOnce(scanned);
          for (const { at } of scanned.findings) {
            expect(at?.line ?? 1).toBeGreaterThan(0);
            expect(at?.column ?? 1).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('is the same however the bytes arrive', async () => {
    const text = `\ufeff${[row(1), '{bad', '', row('é😀'), row(1)].join('\r\n')}`;
    const whole = await scanText([{ text }]);
    for (const chunk of [1, 2, 3, 7]) {
      const cut = await scanText([{ text, chunk }]);
      expect({ ...cut, kept: [] }).toEqual({ ...whole, kept: [] });
    }
  });
});

describe('the split', () => {
  const options = { split: { fraction: 0.2, seed: 42 } };
  const sides = ({ kept }: Scanned) => new Map(kept.map((each) => [each.fingerprint, each.split]));

  it('moves no row when rows are added', async () => {
    const before = sides(await scanText(rows(200).join('\n'), options));
    const after = sides(await scanText([...rows(300, 200), ...rows(200)].join('\n'), options));
    for (const [fingerprint, side] of before) expect(after.get(fingerprint)).toBe(side);
  });

  it('is another with another seed, and near the fraction', async () => {
    const text = rows(2000).join('\n');
    const first = await scanText(text, options);
    const second = await scanText(text, { split: { fraction: 0.2, seed: 43 } });
    expect(Math.abs(first.result.validation.rows - 400)).toBeLessThan(60);
    expect(second.result.validation.fingerprint).not.toBe(first.result.validation.fingerprint);
  });

  it('never puts duplicates on both sides, and never leaves a side empty without need', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer(),
        async (numbers, fraction, seed) => {
          const text = numbers.map((n) => row(n)).join('\n');
          const scanned = await scanText(text, { split: { fraction, seed }, duplicates: { exact: 'keep' } });
          expectEveryRowOnce(scanned);
          const groups = new Map<string, Set<string>>();
          for (const { fingerprint, split } of scanned.kept)
            groups.set(fingerprint, (groups.get(fingerprint) ?? new Set()).add(split));
          for (const split of groups.values()) expect(split.size).toBe(1);
          expect(scanned.result.train.rows).toBeGreaterThan(0);
          if (new Set(numbers).size > 1) expect(scanned.result.validation.rows).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('duplicates', () => {
  it('keep the first row; letter case makes another row, white space and composed accents do not', async () => {
    const text = [
      row('café'),
      row('cafe\u0301'),
      row('café', ' Answer  café.\n'),
      row('Café', 'Answer café.'),
    ].join('\n');
    const { result, ledger } = await scanText(text);
    expect(result.ledger.dropped).toEqual({ D050: 2 });
    expect(ledger.filter(({ fate }) => fate === 'train').map((entry) => entry.row)).toEqual([0, 3]);
  });

  it('name the row they repeat', async () => {
    const { findings } = await scanText([{ text: [row(1), row(2), row(2)].join('\n'), label: 'a.jsonl' }]);
    expect(findings[0]).toMatchObject({
      code: 'D050',
      message: 'The row repeats a.jsonl:2 (row 1).',
      at: { line: 3 },
    });
  });

  it('differ where other turns are trained', async () => {
    const chat = (weight: number) =>
      `{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":${weight}},{"role":"user","content":"c"},{"role":"assistant","content":"d"}]}`;
    expect((await scanText(`${chat(0)}\n${chat(1)}`)).result.ledger.kept).toBe(2);
  });

  it('between train and validation files are dropped even where duplicates are kept', async () => {
    const { result, findings } = await scanText(
      [
        { text: rows(2).join('\n'), role: 'validation' },
        { text: rows(4).join('\n'), role: 'train' },
      ],
      { duplicates: { exact: 'keep' } },
    );
    expect(result).toMatchObject({
      train: { rows: 2 },
      validation: { rows: 2 },
      ledger: { dropped: { D051: 2 } },
    });
    expect(findings.map(({ code }) => code)).toEqual(['D051', 'D051']);
  });
});

describe('fingerprints of datasets', () => {
  it('do not depend on the order of rows or files', async () => {
    const lines = rows(300);
    const [a, b] = await Promise.all([scanText(lines.join('\n')), scanText([...lines].reverse().join('\n'))]);
    expect(a.result.fingerprint).toBe(b.result.fingerprint);
    expect(a.result.train.fingerprint).toBe(
      datasetFingerprint(b.ledger.map((entry) => entry.fingerprint ?? '')),
    );
    expect((await scanText(lines.slice(1).join('\n'))).result.fingerprint).not.toBe(a.result.fingerprint);
  });
});

describe('options', () => {
  it('on_error decides whether rows with errors refuse the dataset; a file with an error always does', async () => {
    const text = `${row(1)}\n${row(2, '')}`;
    expect((await scanText(text, { onError: 'drop' })).result.refused).toBe(false);
    expect((await scanText(text, { onError: 'refuse' })).result.refused).toBe(true);
    expect((await scanText(`[${row(1)}`, { onError: 'drop' })).result.refused).toBe(true);
  });

  it('checks can be switched off, or made milder or stricter', async () => {
    const text = `${row(1)}\n${row(2, '')}`;
    expect((await scanText(text, { checks: { D014: 'off' } })).result.ledger.kept).toBe(2);
    const { result, findings } = await scanText(text, { checks: { 'empty-answer': 'warning' } });
    expect(result.ledger.kept).toBe(2);
    expect(findings[0]?.severity).toBe('warning');
    await expect(scanText(text, { checks: { D001: 'off' } })).rejects.toMatchObject({ code: 'D094' });
    await expect(scanText(text, { checks: { D999: 'off' } })).rejects.toMatchObject({ code: 'D094' });
  });

  it('a named format is taken as it is', async () => {
    const { result } = await scanText(row(1), { format: 'chatml' });
    expect(result.ledger.dropped).toEqual({ D016: 1 });
    await expect(scanText(row(1), { format: 'chatm' })).rejects.toMatchObject({ code: 'D093' });
  });

  it('files of different formats are read each in its own', async () => {
    const chat = '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}';
    const { result } = await scanText([{ text: row(1) }, { text: chat }]);
    expect(result.format.name).toBe('mixed');
    expect(result.files.map(({ format }) => format)).toEqual(['alpaca', 'chatml']);
    expect(result.ledger.kept).toBe(2);
  });
});

describe('rows made to cost time or memory', () => {
  it('with a fault in every message are placed for the first few, and still dropped for their error', async () => {
    const messages = Array.from({ length: 40_000 }, () => ({ role: 'user', content: ' ', mood: 1 }));
    const { result, findings } = await scanText(
      JSON.stringify({ messages: [...messages, { role: 'nobody', content: '' }] }),
    );
    expect(result.ledger.dropped).toEqual({ D019: 1 });
    expect(findings.length).toBeLessThan(20);
    expect(findings.map(({ code }) => code)).toContain('D019');
  });

  it('each with other keys do not fill the report', async () => {
    const text = Array.from({ length: 500 }, (_, n) => row(n).replace('{', `{"key-${n}":1,`)).join('\n');
    const { result, findings } = await scanText(text);
    expect([result.ledger.kept, findings.length]).toEqual([500, 100]);
  });

  it('of brackets, quotes and backslashes are read in one go', async () => {
    for (const text of [
      '['.repeat(2e6),
      '{"a":'.repeat(4e5),
      `"${'\\'.repeat(2e6)}`,
      `{"text":"${'<|im_start|>'.repeat(1e5)}"}`,
    ]) {
      const { result } = await scanText([{ text }]);
      expect(result.ledger.kept).toBe(0);
      expect(result.errors.rows + result.errors.files).toBeGreaterThan(0);
    }
  });
});

describe('a row that speaks to lorch', () => {
  const row = (own: unknown) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'user', content: 'Are you open?' },
        { role: 'assistant', content: 'Yes.' },
      ],
      lorch: own,
    });

  it('silences a check by code or name, for itself only', async () => {
    const text = [
      row({ ignore: ['D024'] }),
      row({ ignore: ['repeated-role'] }).replace('Hi', 'Hey'),
      row({}),
    ];
    const { findings, kept } = await scanText(text.join('\n'));
    expect(findings.map(({ code, at }) => [code, at?.line])).toEqual([
      ['D024', 3],
      ['D050', 3],
    ]);
    expect(kept).toHaveLength(2);
  });

  it('cannot silence what makes it unusable', async () => {
    const { findings } = await scanText('{"messages":[{"content":"Hi"}],"lorch":{"ignore":["D017"]}}');
    expect(findings.map(({ code }) => code)).toContain('D017');
  });
});
