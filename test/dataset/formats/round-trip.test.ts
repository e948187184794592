import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/dataset/canonical-json.ts';
import type { Example } from '../../../src/dataset/example.ts';
import { fingerprintBytes, rowFingerprint } from '../../../src/dataset/fingerprint.ts';
import { chatml } from '../../../src/dataset/formats/chatml.ts';
import type { Format, Row, WritableFormat } from '../../../src/dataset/formats/format.ts';
import { formats } from '../../../src/dataset/formats/index.ts';
import { preference } from '../../../src/dataset/formats/preference.ts';
import { renderRow } from '../../../src/dataset/formats/render-row.ts';
import { text } from '../../../src/dataset/formats/text.ts';
import { pointerTokens } from '../../../src/dataset/text-position.ts';
import { arbitraryDocument, arbitraryExample, arbitraryPair } from '../arbitrary-example.ts';

fc.configureGlobal({ seed: 7 });

/** Examples of the kind that a format is for. */
const exampleFor = (format: WritableFormat) =>
  format === preference ? arbitraryPair : format === text ? arbitraryDocument : arbitraryExample;

function reread(format: Format, row: Row) {
  const raised: string[] = [];
  const text = JSON.stringify(row);
  const example = format.parse(
    JSON.parse(text) as Row,
    (check, pointer, message) => void raised.push(`${check.code} ${pointer} ${message}`),
  );
  return { example, raised: raised.filter((each) => !/^D033|^D042/.test(each)) };
}

describe.each(formats.map((format) => ({ format, name: format.name })))('$name', ({ format }) => {
  it('gives back what it wrote, wherever it says that nothing is lost', () => {
    let held = 0;
    fc.assert(
      fc.property(exampleFor(format), (example) => {
        const { row, lost } = renderRow(format, example);
        if (row === null) expect(lost).not.toEqual([]);
        if (row === null || lost.length > 0) return;
        held += 1;
        const again = reread(format, row);
        expect(again.raised).toEqual([]);
        expect(again.example).toEqual(example);
        expect(format.matches(JSON.parse(JSON.stringify(row)) as Row)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(50);
  });

  it('writes rows that it can read, also where something is lost', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryExample, arbitraryPair, arbitraryDocument), (example) => {
        const { row } = renderRow(format, example);
        if (row)
          expect(reread(format, row)).toMatchObject({ raised: [], example: { messages: expect.anything() } });
      }),
      { numRuns: 500 },
    );
  });

  it('locates every message it parsed', () => {
    fc.assert(
      fc.property(exampleFor(format), (example) => {
        const { row } = renderRow(format, example);
        const parsed = row && reread(format, row).example;
        if (!row || !parsed) return;
        expectPlaces(format, row, parsed);
      }),
    );
  });
});

function expectPlaces(format: Format, row: Row, example: Example): void {
  for (const list of [undefined, 'chosen', 'rejected'] as const)
    for (const [i, message] of (example[list ?? 'messages'] ?? []).entries()) {
      if (typeof message.content !== 'string' || message.content === '') continue;
      const spot = { ...(list && { list }), message: i, field: 'content' as const, inside: 0 };
      const { pointer, inside } = format.locate(row, spot);
      const found = pointerTokens(pointer).reduce<unknown>((at, token) => (at as Row)[token], row);
      expect(
        String(found)
          .slice(inside ?? 0)
          .startsWith(message.content),
      ).toBe(true);
    }
}

describe('chatml', () => {
  it('stores everything of an example, except fields with the names of its own', () => {
    fc.assert(
      fc.property(arbitraryExample, (example) => {
        const { lost } = chatml.render(example);
        expect(lost.filter((each) => each !== 'the field "messages"')).toEqual([]);
      }),
    );
  });
});

describe('a row fingerprint', () => {
  it('is that of the canonical JSON, for any order of keys', () => {
    fc.assert(
      fc.property(arbitraryExample, ({ messages, tools, meta }) => {
        const shuffled = messages.map((m) => Object.fromEntries(Object.entries(m).reverse()) as typeof m);
        const plain = { messages, ...(tools && { tools }) };
        expect(rowFingerprint({ messages: shuffled, ...(tools && { tools }), meta: {} })).toBe(
          rowFingerprint({ ...plain, meta }),
        );
        expect(Buffer.from(fingerprintBytes({ ...plain, meta }), 'latin1').toString('hex')).toBe(
          rowFingerprint({ ...plain, meta }),
        );
        expect(JSON.parse(canonicalJson(plain))).toEqual(JSON.parse(JSON.stringify(plain)));
      }),
    );
  });

  it('stays what it was in released versions', () => {
    const messages = [
      { role: 'user' as const, content: 'Ünï "quoted"\n' },
      { role: 'assistant' as const, content: 'Yes.' },
    ];
    expect(rowFingerprint({ messages, meta: { id: 1 } })).toBe(
      // printf of the canonical JSON through sha256sum.
      '3d9eb149a3f99dc6dca9edcc5859e9704714aae9df6660d9cf2b5944216c06ed',
    );
    expect(rowFingerprint({ messages, tools: [{ b: 1, a: [1.0, 1e21] }], meta: {} })).toBe(
      'a5a1514adfb078d3d9bea5ec51c6268056466f335a0463d07d185c2df7cc0e9b',
    );
  });
});
