import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldMapping } from '../../../src/dataset/formats/field-mapping.ts';
import { createMapping } from '../../../src/dataset/formats/mapping.ts';
import { pointerTokens } from '../../../src/dataset/text-position.ts';
import { scanText } from '../scan-text.ts';

const scan = (mapping: FieldMapping, ...rows: unknown[]) =>
  scanText(rows.map((row) => JSON.stringify(row)).join('\n'), { format: mapping });

describe('a mapping of flat rows', () => {
  const mapping = { prompt: 'query', answer: 'data.reply', system: '/conf/persona', input: 'more' };

  it('reads keys, paths and pointers, and keeps what is left beside them', async () => {
    const { result, kept, findings } = await scan(mapping, {
      query: 'Translate.',
      more: 'Haus',
      data: { reply: 'house', by: 'Ann' },
      conf: { persona: 'Be brief.' },
    });
    expect(result.format).toMatchObject({ name: 'custom', confidence: 1 });
    expect(kept[0]?.example).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Translate.\n\nHaus' },
        { role: 'assistant', content: 'house' },
      ],
      meta: { data: { by: 'Ann' } },
    });
    expect(findings.map(({ code, at }) => [code, at?.pointer])).toEqual([['D033', '/data/by']]);
  });

  it('takes a key with a dot in its name before a path', async () => {
    const { kept } = await scan({ prompt: 'a.b', answer: 'c' }, { 'a.b': 'One?', a: { b: 'Two?' }, c: '1' });
    expect(kept[0]?.example.messages[0]?.content).toBe('One?');
    expect(kept[0]?.example.meta).toEqual({ a: { b: 'Two?' } });
  });

  it('names and places faults by the fields of the rows', async () => {
    const good = { query: 'One?', data: { reply: '1' }, conf: { persona: '' }, more: '' };
    const { findings } = await scan(
      mapping,
      good,
      { ...good, data: { reply: 7 } },
      { ...good, data: {} },
      { ...good, query: 'Two?', data: { reply: ' ' } },
    );
    expect(findings.map(({ code, message, at }) => [code, at?.line, at?.pointer ?? '', message])).toEqual([
      ['D018', 2, '/data/reply', '"data.reply" should be text, but is a number.'],
      ['D017', 3, '', 'The row has no "data.reply".'],
      ['D014', 4, '/data/reply', 'The assistant message has no content.'],
    ]);
  });

  it('refuses a file in which no row has a needed field, and says which one may be meant', async () => {
    const { result, findings } = await scan(
      { prompt: 'quary', answer: 'data.replay' },
      { query: 'One?', data: { reply: '1' } },
    );
    expect(findings.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ['D015', 'The mapping does not fit: the only row lacks the field "quary".', 'did you mean "query"?'],
      [
        'D015',
        'The mapping does not fit: the only row lacks the field "data.replay".',
        'did you mean "data.reply"?',
      ],
    ]);
    expect(result).toMatchObject({ refused: true, ledger: { kept: 0 } });
  });

  it('warns of other fields that no row has, and lists those there are', async () => {
    const { findings, kept } = await scan(
      { prompt: 'q', answer: 'a', system: 'persona' },
      { q: 'One?', a: '1' },
      { q: 'Two?', a: '2' },
    );
    expect(kept).toHaveLength(2);
    expect(findings).toMatchObject([{ code: 'D062', severity: 'warning', hint: 'the rows have "q", "a"' }]);
  });

  it('reads pairs', async () => {
    const { kept } = await scan(
      { prompt: 'q', chosen: 'good', rejected: 'bad' },
      { q: 'One?', good: '1', bad: '2' },
    );
    expect(kept[0]?.example).toMatchObject({
      messages: [{ role: 'user', content: 'One?' }],
      chosen: [{ role: 'assistant', content: '1' }],
      rejected: [{ role: 'assistant', content: '2' }],
    });
  });
});

describe('a mapping of turns', () => {
  it('reads the words of the rows for roles, nested fields of turns, weights and calls', async () => {
    const { kept, findings } = await scan(
      {
        messages: 'log.turns',
        role: 'who.kind',
        content: 'say',
        weight: 'learn',
        roles: { customer: 'user', bot: 'assistant', action: 'function_call', outcome: 'tool' },
      },
      {
        log: {
          turns: [
            { who: { kind: 'customer' }, say: 'Add.' },
            { who: { kind: 'bot' }, say: 'Wait.', learn: 0 },
            { who: { kind: 'customer' }, say: 'Yes.' },
            { who: { kind: 'action' }, say: '{"name":"add","arguments":{}}' },
            { who: { kind: 'outcome' }, say: '1' },
            { who: { kind: 'bot' }, say: 'One.', learn: 1 },
          ],
        },
      },
    );
    expect(findings).toEqual([]);
    expect(kept[0]?.example.messages.map(({ role, train }) => [role, train])).toEqual([
      ['user', undefined],
      ['assistant', false],
      ['user', undefined],
      ['assistant', undefined],
      ['tool', undefined],
      ['assistant', undefined],
    ]);
  });

  it('places faults inside nested turns', async () => {
    const { findings } = await scan(
      { messages: 'log.turns', role: 'who.kind', content: 'say', roles: { bot: 'assistant' } },
      {
        log: {
          turns: [
            { who: { kind: 'boss' }, say: 'Hi' },
            { who: { kind: 'user' }, say: 7 },
          ],
        },
      },
      {
        log: {
          turns: [
            { who: { kind: 'user' }, say: 'Hi' },
            { who: { kind: 'bot' }, say: '' },
          ],
        },
      },
    );
    expect(findings.map(({ code, at }) => [code, at?.pointer])).toEqual([
      ['D019', '/log/turns/0/who/kind'],
      ['D018', '/log/turns/1/say'],
      ['D014', '/log/turns/1/say'],
    ]);
  });

  it('reads turns that are plain texts, spoken in turn', async () => {
    const { kept, findings } = await scan(
      { messages: 'data', roles: ['user', 'assistant'] },
      { data: ['Hi', 'Hello.', 'Open?', 'Yes.'] },
      { data: ['Hi', ' '] },
    );
    expect(kept[0]?.example.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: Hi',
      'assistant: Hello.',
      'user: Open?',
      'assistant: Yes.',
    ]);
    expect(findings.map(({ code, at }) => [code, at?.pointer])).toEqual([['D014', '/data/1']]);
  });
});

describe('any mapping of fields', () => {
  const key = fc
    .string({ minLength: 1, maxLength: 4 })
    .filter((name) => name !== '__proto__' && !/^\d+$/.test(name));
  const tokens = fc.array(key, { minLength: 1, maxLength: 3 });

  it('finds a nested text by its pointer, and places it there', () => {
    fc.assert(
      fc.property(tokens, tokens, fc.string({ minLength: 1 }), (asked, answered, text) => {
        fc.pre(asked[0] !== answered[0]);
        const nest = (path: string[], value: unknown) =>
          path.reduceRight<unknown>((inner, token) => ({ [token]: inner }), value) as Record<string, unknown>;
        const pointer = (path: string[]) =>
          path.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        const row = { ...nest(asked, 'One?'), ...nest(answered, text) };
        const format = createMapping({ prompt: pointer(asked), answer: pointer(answered) });
        const example = format.parse(row, (_check, _pointer, message) => expect.fail(message));
        expect(example?.messages.map(({ content }) => content)).toEqual(['One?', text]);
        expect(example?.meta).toEqual({});
        const at = format.locate(row, { message: 1, field: 'content', inside: 0 });
        expect(pointerTokens(at.pointer)).toEqual(answered);
      }),
      { seed: 3 },
    );
  });
});
