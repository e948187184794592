import { describe, expect, it } from 'vitest';
import { loadText, minimal } from './load-files.ts';

async function faultsOf(format: string) {
  const { findings } = await loadText(
    minimal.replace(/^dataset:.*\n(?: .*\n)*/m, `dataset:\n  train: a.jsonl\n  format: ${format}\n`),
  );
  return findings.map(({ code, message, hint }) => [code, message, hint]);
}

describe('dataset.format as a mapping', () => {
  it('takes flat rows, turns and pairs', async () => {
    for (const format of [
      '{ prompt: query, answer: data.reply, system: /conf/persona, history: before, tools: tools }',
      '{ messages: log, role: who, content: say, weight: learn, roles: { bot: assistant, act: function_call } }',
      '{ messages: data, roles: [user, assistant] }',
      '{ prompt: q, chosen: good, rejected: bad }',
      '{ chosen: good, rejected: bad, role: who, content: say }',
    ])
      expect([format, await faultsOf(format)]).toEqual([format, []]);
  });

  it('suggests the key that was meant', async () => {
    expect(await faultsOf('{ promt: query, answer: reply }')).toContainEqual([
      'C010',
      'there is no setting `promt` under `dataset.format:`',
      'did you mean `prompt`?',
    ]);
    expect(await faultsOf('alpacca')).toMatchObject([['C012', expect.any(String), 'did you mean `alpaca`?']]);
    expect(await faultsOf('{ messages: log, roles: { bot: asistant } }')).toMatchObject([
      ['C012', expect.stringContaining('dataset.format.roles.bot'), 'did you mean `assistant`?'],
    ]);
  });

  it.each([
    ['{ prompt: q }', 'no answer is mapped'],
    ['{ answer: a }', 'no prompt is mapped'],
    ['{ prompt: q, answer: a, messages: m }', 'cannot be used together with `messages`'],
    ['{ prompt: q, answer: a, role: who }', 'describes turns, and none are mapped'],
    ['{ prompt: q, chosen: good }', 'a preference pair has two answers'],
    ['{ prompt: q, answer: a, chosen: good, rejected: bad }', 'cannot be used together with `chosen`'],
    ['{ messages: m, role: who, roles: [user, assistant] }', 'turns that are plain texts have no fields'],
  ])('refuses %s', async (format, message) => {
    const faults = await faultsOf(format);
    expect(faults.length).toBeGreaterThan(0);
    for (const [code, said] of faults)
      expect([code, said]).toEqual(['C017', expect.stringContaining(message)]);
  });
});
