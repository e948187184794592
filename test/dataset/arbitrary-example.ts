// Canonical examples for property tests: every feature the types allow, in any combination.
import fc from 'fast-check';
import type { Example, Message, ToolCall } from '../../src/dataset/example.ts';

const text = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.constantFrom('Yes.', 'a\n\nb', ' x ', '"quoted"', '<tool_call>', '\\n', '<|eot_id|>', '😀'),
);
const name = fc.constantFrom('weather', 'search', 'add');

const call: fc.Arbitrary<ToolCall> = fc
  .record({
    id: fc.option(fc.constantFrom('a1', 'b2'), { nil: undefined }),
    name,
    args: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), {
      maxKeys: 3,
    }),
  })
  .map(({ id, name: called, args }) => ({
    ...(id !== undefined && { id }),
    type: 'function' as const,
    function: { name: called, arguments: JSON.parse(JSON.stringify(args)) as unknown },
  }));

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constantFrom('user' as const, 'developer' as const), content: text }),
  fc
    .record({ content: text, train: maybe(fc.constant(false as const)), reasoning: maybe(text) })
    .map(({ content, train, reasoning }) => ({
      role: 'assistant' as const,
      content,
      ...(reasoning !== undefined && { reasoning_content: reasoning }),
      ...(train === false && { train }),
    })),
  fc
    .record({ calls: fc.array(call, { minLength: 1, maxLength: 2 }), content: maybe(text) })
    .map(({ calls, content }) => ({
      role: 'assistant' as const,
      content: content ?? null,
      tool_calls: calls,
    })),
  fc
    .record({ content: text, id: maybe(fc.constant('a1')), called: maybe(name) })
    .map(({ content, id, called }) => ({
      role: 'tool' as const,
      content,
      ...(id !== undefined && { tool_call_id: id }),
      ...(called !== undefined && { name: called }),
    })),
);

const tools = maybe(
  fc
    .array(name, { minLength: 1, maxLength: 2 })
    .map((names) =>
      names.map((each) => ({ type: 'function', function: { name: each, parameters: { type: 'object' } } })),
    ),
);
const meta = fc.dictionary(
  fc.constantFrom('id', 'source', 'messages', 'text', 'output', '__proto__', 'x'),
  fc.nat(),
  {
    maxKeys: 2,
  },
);

const wild = fc.array(message, { minLength: 1, maxLength: 5 });
const pairs = fc
  .tuple(maybe(text), fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 }))
  .map(([system, turns]): Message[] => [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    ...turns.flatMap(([user, assistant]): Message[] => [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ]),
  ]);

/** Any example with one answer; half of them plain conversations that every format can hold. */
export const arbitraryExample: fc.Arbitrary<Example> = fc
  .record({ messages: fc.oneof(wild, pairs), tools, meta })
  .map(({ tools: list, ...rest }) => (list ? { ...rest, tools: list } : rest));

const answer = fc.array(message, { minLength: 1, maxLength: 3 });

/** Any preference pair. */
export const arbitraryPair: fc.Arbitrary<Example> = fc
  .record({
    messages: fc.oneof(fc.constant<Message[]>([]), wild, pairs),
    chosen: answer,
    rejected: answer,
    tools,
    meta,
  })
  .map(({ tools: list, ...rest }) => (list ? { ...rest, tools: list } : rest));

/** Plain texts, as the format text has them. */
export const arbitraryDocument: fc.Arbitrary<Example> = fc
  .record({ content: text, meta })
  .map(({ content, meta: rest }) => ({ messages: [{ role: 'document', content }], meta: rest }));
