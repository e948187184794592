// Calls against what their tools declare, in the ways that datasets declare tools.
import { describe, expect, it } from 'vitest';
import { judgeArguments, readToolSchema } from '../../../src/dataset/meaning/tool-schema.ts';
import { scanText } from '../scan-text.ts';

const openai = (parameters: unknown) => ({ type: 'function', function: { name: 'f', parameters } });
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const judge = (tool: unknown, args: object): string[] =>
  judgeArguments(readToolSchema(tool), args as Record<string, unknown>);
const city = { city: { type: 'string' } };

describe('a call against its tool', () => {
  it.each([
    [openai(object(city, { required: ['city'] })), {}, 'it has no "city"'],
    [openai(object(city)), { town: 'Rome' }, '"town" is not declared'],
    [openai(object(city)), { City: 'Rome' }, '"City" is not declared (did you mean "city"?)'],
    [openai(object(city)), { city: 7 }, '"city" should be text, but is a number'],
    [openai(object(city)), { city: null }, '"city" is null'],
    [openai(object({ n: { type: 'integer' } })), { n: 1.5 }, '"n" should be a whole number, but is a number'],
    [openai(object({ n: { type: 'integer' } })), { n: '1' }, '"n" should be a whole number, but is text'],
    [
      openai(object({ on: { type: 'boolean' } })),
      { on: 'true' },
      '"on" should be true or false, but is text',
    ],
    [
      openai(object({ unit: { enum: ['c', 'f'] } })),
      { unit: 'k' },
      '"unit" is "k", which is not one of its values',
    ],
    [openai(object({ unit: { type: 'string', enum: ['c'] } })), { unit: null }, '"unit" is null'],
    [
      openai(object({ tags: { type: 'array', items: { type: 'string' } } })),
      { tags: ['a', 2] },
      '"tags.1" should be text, but is a number',
    ],
    [
      openai(object({ who: object({ name: { type: 'string' } }, { required: ['name'] }) })),
      { who: {} },
      '"who" has no "name"',
    ],
    [openai(object({ n: { type: 'integer', minimum: 1 } })), { n: 0 }, '"n" must be >= 1'],
    [
      openai(object({ day: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } })),
      { day: 'today' },
      '"day" must match pattern "^\\d{4}-\\d{2}-\\d{2}$"',
    ],
    [
      openai(object({ at: { $ref: '#/$defs/at' } }, { $defs: { at: { type: 'number' } } })),
      { at: 'x' },
      '"at" should be a number, but is text',
    ],
    [openai(object({ a: { type: 'string', required: true } })), {}, 'it has no "a"'],
    [
      openai(object({ a: { anyOf: [{ type: 'string' }, { type: 'boolean' }] } })),
      { a: 1 },
      '"a" does not fit any of the declared alternatives',
    ],
    [openai(object({ a: { type: 'string', enum: ['x'] } })), { a: 1 }, '"a" should be text, but is a number'],
    [{ name: 'f', input_schema: object(city, { required: ['city'] }) }, {}, 'it has no "city"'],
    [{ name: 'f', inputSchema: object(city) }, { city: [] }, '"city" should be text, but is a list'],
    [openai(JSON.stringify(object(city))), { city: 1 }, '"city" should be text, but is a number'],
    [openai({ q: { type: 'str' } }), { q: 1 }, '"q" should be text, but is a number'],
    [openai({ q: { type: 'str' }, n: { type: 'int, optional' } }), { n: 1 }, 'it has no "q"'],
    [openai({ n: { type: 'List[int]' } }), { n: 3 }, '"n" should be a list, but is a number'],
    [
      openai({ type: 'dict', properties: { n: { type: 'float' } } }),
      { n: 'x' },
      '"n" should be a number, but is text',
    ],
    [
      openai({ type: 'OBJECT', properties: { n: { type: 'STRING' } } }),
      { n: 1 },
      '"n" should be text, but is a number',
    ],
    [
      openai(object({ pair: { prefixItems: [{ type: 'string' }, { type: 'number' }] } })),
      { pair: ['a', 'b'] },
      '"pair.1" should be a number, but is text',
    ],
  ])('names what does not fit: %j', (tool, args, said) => {
    expect(judge(tool, args)).toEqual([said]);
  });

  it.each([
    [openai(object(city, { required: ['city'] })), { city: 'Rome' }],
    [openai(object({ n: { type: 'integer' } })), { n: 5.0 }],
    [openai(object({ ...city, n: { type: 'integer' } }, { required: ['city'] })), { city: 'Rome' }],
    [openai(object(city, { additionalProperties: true })), { town: 1 }],
    [openai(object(city, { patternProperties: { '^x-': {} }, additionalProperties: false })), { 'x-a': 1 }],
    [openai(object({ n: { type: ['string', 'null'] } })), { n: null }],
    [openai(object({ n: { type: 'string', nullable: true } })), { n: null }],
    [openai(object({ n: { type: 'string', enum: ['a'], nullable: true } })), { n: null }],
    [openai(object({ n: { anyOf: [{ type: 'integer' }, { type: 'null' }] } })), { n: null }],
    [openai({ n: { type: 'Optional[str]' } }), { n: null }],
    [openai({ n: { type: 'Union[int, str]' } }), { n: 'x' }],
    [openai({ n: { type: 'int or float' } }), { n: 1.5 }],
    [openai({ n: { type: 'datetime' } }), { n: 1.5 }],
    [openai({ q: { type: 'str' }, n: { type: 'str' } }), { q: 'x' }],
    [openai({ q: { type: 'str', default: 'x' } }), {}],
    [openai({ type: 'object' }), { any: 1 }],
    [openai({}), { any: 1 }],
    [openai(null), { any: 1 }],
    [{ name: 'f' }, { any: 1 }],
    [openai(object({ at: { $ref: 'https://example.org/at.json' } })), { at: 1 }],
    [openai(object({ type: { type: 'string' } })), { type: 'x' }],
    [openai({ type: { type: 'str', description: 'the kind' } }), { type: 'x' }],
    [openai({ anyOf: [object(city), object({ zip: { type: 'string' } })] }), { zip: '1' }],
    [openai(object({ code: { type: 'string', pattern: '^[\\w\\-\\.]+$' } })), { code: 'a-b.c' }],
    [openai(object({ n: { type: 'number', minimum: 0, exclusiveMinimum: true } })), { n: 1 }],
    [openai(object({ when: { type: 'string', format: 'date-time' } })), { when: 'today' }],
  ])('says nothing of what fits: %j %j', (tool, args) => {
    expect(readToolSchema(tool).fault).toBeNull();
    expect(judge(tool, args)).toEqual([]);
  });

  it.each([
    ['a list', []],
    ['text', 'city: string'],
    ['a property that is no schema', object({ city: 'string' })],
    ['a required parameter that is not declared', object(city, { required: ['town'] })],
    ['no values', object({ unit: { enum: [] } })],
    ['a reference to nothing', object({ unit: { $ref: '#/$defs/unit' } })],
    ['properties as a list', { type: 'object', properties: [city] }],
    ['required as text', object(city, { required: 'city' })],
    ['another type', { type: 'array', items: {} }],
    ['a limit that is no number', object({ n: { type: 'integer', minimum: 'one' } })],
  ])('names a broken declaration: %s', (_, parameters) => {
    expect(readToolSchema(openai(parameters)).fault).toEqual(expect.any(String));
    expect(judge(openai(parameters), { city: 1 })).toEqual([]);
  });

  it('comes through hostile declarations', () => {
    const bomb = openai(object({ s: { type: 'string', pattern: '^(a+)+$' } }));
    expect(judge(bomb, { s: `${'a'.repeat(5_000)}!` })).toEqual([]);
    const looks = openai(object({ s: { type: 'string', pattern: '(?=.*a)(?=.*b)(a|a?)+$' } }));
    expect(judge(looks, { s: `${'a'.repeat(5_000)}!` })).toEqual([]);
    expect(judge(openai({ $ref: '#' }), { s: 1 })).toEqual([]);
    expect(
      judge(openai({ ...object({ s: { $ref: '#' } }), $id: 'https://example.org/x' }), { s: { s: {} } }),
    ).toEqual([]);
    let deep: object = { type: 'string' };
    for (let i = 0; i < 150; i += 1) deep = object({ s: deep });
    expect(judge(openai(deep), { s: 1 })).toEqual([]);
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`p${i}`, { type: 'string' }]));
    expect(judge(openai(object(wide)), { p0: 1 })).toEqual([]);
    expect(judge(openai(object({ '"]});process.exit(1);//': { type: 'string' } })), { a: 1 })).toEqual([
      '"a" is not declared',
    ]);
    const proto = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}',
    );
    expect(judge(openai(proto), JSON.parse('{"constructor":1}'))).toEqual([
      '"constructor" should be text, but is a number',
    ]);
  });
});

describe('members that an Arrow table filled with null', () => {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'move',
        description: null,
        parameters: object(
          {
            x: { type: 'integer', description: null },
            how: { type: ['string', 'null'], default: null },
            text: null,
          },
          { required: ['x'] },
        ),
      },
    },
  ];
  const row = (args: unknown, declared: unknown = tools) => ({
    messages: [
      { role: 'user', content: 'Move.', tool_calls: null },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'move', arguments: args } }],
      },
      { role: 'tool', content: 'done', tool_call_id: 'a' },
      { role: 'assistant', content: 'Moved.', tool_calls: null },
    ],
    tools: declared,
  });
  const read = async (...rows: object[]) => {
    const { kept, findings } = await scanText(rows.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const { messages = [], tools: declared } = kept[0]?.example ?? {};
    return {
      args: messages[1]?.tool_calls?.[0]?.function.arguments,
      tools: declared,
      found: findings.filter(({ code }) => /^D0(31|68|69|70)$/.test(code)).map(({ code }) => code),
    };
  };

  it('are left out of calls and declarations; what the tool allows stays', async () => {
    expect(await read(row({ x: 1, how: null, text: null, y: null }))).toEqual({
      args: { x: 1, how: null },
      tools: [
        {
          type: 'function',
          function: {
            name: 'move',
            parameters: object(
              { x: { type: 'integer' }, how: { type: ['string', 'null'], default: null } },
              { required: ['x'] },
            ),
          },
        },
      ],
      found: [],
    });
  });

  it('are named where somebody wrote them, or where they are required', async () => {
    expect(await read(row('{"x":1,"text":null}'))).toMatchObject({
      args: { x: 1, text: null },
      found: ['D068'],
    });
    expect(await read(row({ x: null }))).toMatchObject({ args: { x: null }, found: ['D068'] });
  });

  it('stay where no tool says anything', async () => {
    expect(await read(row({ x: 1, y: null }, null))).toMatchObject({ args: { x: 1, y: null }, found: [] });
    expect(await read(row({ x: 1, y: null }, [{ name: 'walk' }]))).toMatchObject({
      args: { x: 1, y: null },
      found: ['D031'],
    });
  });
});
