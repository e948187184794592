import { describe, expect, it } from 'vitest';
import { renderConfig } from '../../src/config/render/index.ts';
import { configOf, loadText, minimal } from './load-files.ts';

const machine = { device: 'cpu', bf16Supported: true } as const;

describe('new tokens in a config', () => {
  it('are rendered in their order, with every default', async () => {
    const text = 'tokenizer: { add_tokens: ["<note>", "</note>"], add_special_tokens: ["<|tool|>"] }\n';
    expect(renderConfig(await configOf(minimal + text), machine).rendered.tokenizer).toEqual({
      add_tokens: ['<note>', '</note>'],
      add_special_tokens: ['<|tool|>'],
      init: 'mean',
      pad_to_multiple_of: null,
    });
    expect(renderConfig(await configOf(minimal), machine).rendered).not.toHaveProperty('tokenizer');
  });

  it.each<[string, string, string[]]>([
    ['an empty token', 'tokenizer: { add_tokens: [""] }', ['5:27 C012']],
    ['white space', 'tokenizer: { add_tokens: ["<a>", " "] }', ['5:34 C012']],
    ['white space at an end', 'tokenizer: { add_tokens: [" <a>"] }', ['5:27 C012']],
    ['an endless token', `tokenizer: { add_tokens: ["${'x'.repeat(129)}"] }`, ['5:27 C012']],
    ['a token twice', 'tokenizer: { add_tokens: ["<a>", "<b>", "<a>"] }', ['5:41 C012']],
    [
      'a token in both lists',
      'tokenizer: { add_tokens: ["<a>"], add_special_tokens: ["<a>"] }',
      ['5:56 C012'],
    ],
    ['an empty list', 'tokenizer: { add_tokens: [] }', ['5:26 C012']],
    ['settings without a token', 'tokenizer: { init: zero }', ['5:1 C018']],
    ['an unknown start', 'tokenizer: { add_tokens: ["<a>"], init: random }', ['5:41 C012']],
    ["transformers' own name", 'tokenizer: { add_tokens: ["<a>"], mean_resizing: true }', ['5:35 C014']],
    [
      'an adapter on the embedding',
      'tokenizer: { add_tokens: ["<a>"] }\nlora: { target_modules: [q_proj, embed_tokens] }',
      ['6:9 C017'],
    ],
    [
      'an adapter on the head',
      'tokenizer: { add_tokens: ["<a>"] }\nlora: { target_modules: [q_proj, lm_head] }',
      ['6:9 C017'],
    ],
  ])('refuse %s', async (_, text, faults) => {
    expect((await loadText(`${minimal}${text}\n`)).faults).toEqual(faults);
  });

  it('refuse more than ten thousand, and show no list as a secret', async () => {
    const list = (n: number) =>
      `${minimal}tokenizer:\n  add_tokens:\n${Array.from({ length: n }, (_, i) => `    - "<${i}>"\n`).join('')}`;
    expect((await loadText(list(10_000))).faults).toEqual([]);
    expect((await loadText(list(10_001))).faults.map((fault) => fault.slice(-4))).toEqual(['C012']);
    const { findings } = await loadText(`${minimal}tokenizer: { add_tokens: ["<a>", "<a>"] }\n`);
    expect(findings[0]?.message).toContain('"<a>" is listed twice');
  });
});
