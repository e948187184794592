// Rows of any JSON under the keys that formats know: no crash, a fate for each, and every finding placed.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alpaca } from '../../../src/dataset/formats/alpaca.ts';
import { chatml } from '../../../src/dataset/formats/chatml.ts';
import { chatmlText } from '../../../src/dataset/formats/chatml-text.ts';
import type { Format, Row } from '../../../src/dataset/formats/format.ts';
import { createMapping } from '../../../src/dataset/formats/mapping.ts';
import { preference } from '../../../src/dataset/formats/preference.ts';
import { sharegpt } from '../../../src/dataset/formats/sharegpt.ts';
import { pointerTokens } from '../../../src/dataset/text-position.ts';
import { scanText } from '../scan-text.ts';

const keys = [
  'instruction',
  'prompt',
  'completion',
  'input',
  'output',
  'system',
  'history',
  'messages',
  'tools',
  'chosen',
  'rejected',
  'preferred_output',
  'instances',
  'text',
  'label',
  'images',
];
const turnKeys = [
  'role',
  'content',
  'from',
  'value',
  'weight',
  'train_detail',
  'tool_calls',
  'tool_call_id',
  'name',
  'thinking',
];
const word = fc.constantFrom(
  'user',
  'assistant',
  'human',
  'gpt',
  'tool',
  'system',
  'function_call',
  'x',
  '',
  '<|im_start|>user\nHi',
);
const loose = fc.jsonValue({ maxDepth: 2 });
const calls = fc.array(
  fc.dictionary(fc.constantFrom('id', 'name', 'function', 'arguments'), fc.oneof(word, loose)),
  { maxLength: 2 },
);
const turn = fc.oneof(
  { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...turnKeys), fc.oneof(word, word, loose, calls)) },
  fc.record({ role: word, content: fc.oneof(word, fc.array(fc.oneof(word, loose))) }),
  loose,
);
const value = fc.oneof(
  word,
  loose,
  turn,
  fc.array(turn, { maxLength: 4 }),
  fc.array(fc.array(word, { maxLength: 3 }), { maxLength: 3 }),
);
const row = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });

const turns = fc.array(turn, { maxLength: 4 });
const side = fc.oneof(word, turn, turns);
const nested = fc.record({ messages: turns, rejected: side, a: word });
/** For each format the fields without which it reads no row, so that rows get further than that. */
const subjects: { format: Format; fields: Record<string, fc.Arbitrary<unknown>> }[] = [
  { format: alpaca, fields: { instruction: value, output: word } },
  { format: chatml, fields: { messages: turns } },
  {
    format: chatmlText,
    fields: { text: fc.array(word).map((words) => `${words.join('<|im_end|>')}<|im_end|>`) },
  },
  { format: sharegpt, fields: { conversations: turns } },
  { format: preference, fields: { prompt: fc.oneof(word, turns), chosen: side, rejected: side } },
  {
    format: createMapping({ prompt: 'input.a', answer: '/output/a', history: 'history', tools: 'tools' }),
    fields: { input: nested, output: nested },
  },
  {
    format: createMapping({ messages: 'a.messages', role: 'name', content: 'value', weight: 'weight' }),
    fields: { a: nested },
  },
  { format: createMapping({ messages: 'a', roles: ['user', 'assistant'] }), fields: { a: fc.array(word) } },
  {
    format: createMapping({ chosen: 'chosen', rejected: 'a.rejected', prompt: 'prompt' }),
    fields: { prompt: word, chosen: side, a: nested },
  },
];

it.each(subjects.map((subject, i) => ({ ...subject, name: `${i} ${subject.format.name}` })))(
  '$name reads any row, or says why not, and knows where each message stands',
  ({ format, fields }) => {
    let read = 0;
    fc.assert(
      fc.property(row, fc.record(fields), (loose, needed) => {
        const each = { ...loose, ...needed };
        const errors: string[] = [];
        const raw = JSON.parse(JSON.stringify(each)) as Row;
        format.matches(raw);
        const example = format.parse(raw, (check, pointer) => {
          expect(pointer === '' || pointer.startsWith('/')).toBe(true);
          if (check.severity === 'error') errors.push(check.code);
        });
        if (!example) {
          expect(errors).not.toEqual([]);
          return;
        }
        read += 1;
        for (const list of [undefined, 'chosen', 'rejected'] as const)
          for (const [message, { content }] of (example[list ?? 'messages'] ?? []).entries()) {
            const spot = { ...(list && { list }), message, field: 'content' as const };
            const { pointer } = format.locate(raw, spot);
            // The pointer leads to something: a fault in any message can be shown.
            if (content) expect([pointer, valueAt(raw, pointer)]).not.toEqual([pointer, undefined]);
          }
      }),
      { numRuns: 1500, seed: 11 },
    );
    expect(read).toBeGreaterThan(10);
  },
);

it('gives each row of a file a fate', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
      const { ledger } = await scanText(rows.map((each) => `${JSON.stringify(each)}\n`).join(''));
      expect(ledger.length).toBe(rows.length);
    }),
    { numRuns: 300, seed: 12 },
  );
});

function valueAt(raw: Row, pointer: string): unknown {
  return pointerTokens(pointer).reduce<unknown>((at, token) => (at as Row | undefined)?.[token], raw);
}
