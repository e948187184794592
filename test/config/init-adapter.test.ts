// `init_adapter:` as it is written, and what an adapter's settings mean for `lora:`.
import { describe, expect, it } from 'vitest';
import { adapterRefusals, adapterSettings, unknownFields } from '../../src/config/adapter-settings.ts';
import { takeAdapter } from '../../src/config/take-adapter.ts';
import { configOf, loadText, minimal } from './load-files.ts';

describe('init_adapter', () => {
  it('is a name, which continues its training, or a name with a mode', async () => {
    const forms: [string, unknown][] = [
      ['init_adapter: my-run', { from: 'my-run', mode: 'continue' }],
      ['init_adapter: { from: "@last", mode: fuse }', { from: '@last', mode: 'fuse' }],
      ['init_adapter: { from: user/name@v1 }', { from: 'user/name@v1', mode: 'continue' }],
    ];
    for (const [text, value] of forms)
      expect((await configOf(`${minimal}${text}\n`)).init_adapter).toEqual(value);
    expect((await configOf(minimal)).init_adapter).toBeUndefined();
  });

  it.each([
    ['init_adapter: 5', ['5:15 C011']],
    ['init_adapter: { mode: fuse }', ['5:1 C013']],
    ['init_adapter: { from: a, mode: merge }', ['5:32 C012']],
    ['init_adapter: "a\\u001b[31mb"', ['5:15 C012']],
    ['init_adapter: { from: a, mode: fuse }\nquantization: { load_in_4bit: true }', ['5:1 C017']],
    ['init_adapter: a\nlora: { init_lora_weights: gaussian }', ['6:9 C018']],
  ])('refuses %s', async (text, faults) => {
    expect((await loadText(`${minimal}${text}\n`)).faults).toEqual(faults);
  });

  it('lets a quantized base go on from an adapter, and a fused one begin as it likes', async () => {
    await configOf(`${minimal}init_adapter: a\nquantization: { load_in_4bit: true }\n`);
    await configOf(
      `${minimal}init_adapter: { from: a, mode: fuse }\nlora: { init_lora_weights: gaussian }\n`,
    );
    // The alpha is the adapter's.
    await configOf(`${minimal}init_adapter: a\nlora: { use_rslora: true }\n`);
  });

  it.each([
    ['lora: { adapter: ad }'],
    ['adapter_name_or_path: ad'],
    ['lora: { init_lora_weights: ad }'],
    ['training: { resume_from_checkpoint: ad }'],
  ])('is what the error for `%s` names', async (text) => {
    const { findings } = await loadText(`${minimal}${text}\n`);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.hint).toContain('init_adapter');
  });

  it('can be swept, no adapter among the values', async () => {
    const { loaded } = await loadText(
      `${minimal}sweep: { parameters: { init_adapter: [first, { from: second, mode: fuse }, null] } }\n`,
    );
    expect(loaded?.configs.map(({ config }) => config.init_adapter)).toEqual([
      { from: 'first', mode: 'continue' },
      { from: 'second', mode: 'fuse' },
      undefined,
    ]);
  });
});

const adapter = {
  peft_type: 'LORA',
  task_type: 'CAUSAL_LM',
  base_model_name_or_path: 'org/model',
  r: 4,
  lora_alpha: 32,
  lora_dropout: 0.05,
  target_modules: ['v_proj', 'q_proj'],
  modules_to_save: null,
  rank_pattern: {},
  use_dora: false,
  init_lora_weights: true,
  megatron_core: 'megatron.core',
  qalora_group_size: 16,
  loftq_config: {},
  inference_mode: true,
};

describe('the settings of an adapter', () => {
  it('are those that a config would write', () => {
    expect(adapterSettings(adapter)).toEqual({
      r: 4,
      lora_alpha: 32,
      lora_dropout: 0.05,
      target_modules: ['v_proj', 'q_proj'],
    });
    expect(adapterRefusals(adapter)).toEqual([]);
    expect(unknownFields(adapter)).toEqual([]);
  });

  it('have the defaults of PEFT where an old file says nothing, and [] for parameters alone', () => {
    expect(adapterSettings({ target_parameters: ['mlp.experts.down_proj'] })).toEqual({
      r: 8,
      lora_alpha: 8,
      target_modules: [],
      target_parameters: ['mlp.experts.down_proj'],
    });
  });

  it.each([
    [{ peft_type: 'LOHA' }, 'LOHA'],
    [{ task_type: 'SEQ_CLS' }, 'SEQ_CLS'],
    [{ init_lora_weights: 'pissa_niter_4' }, 'pissa'],
    [{ layer_replication: [[0, 4]] }, 'layer_replication'],
    [{ megatron_config: { a: 1 } }, 'megatron_config'],
    [{ alora_invocation_tokens: [1] }, 'alora_invocation_tokens'],
  ])('are refused with %o', (change, reason) => {
    expect(adapterRefusals({ ...adapter, ...change })).toEqual([expect.stringContaining(reason)]);
  });

  it('name what lorch does not know', () => {
    expect(unknownFields({ ...adapter, use_future: true, other: null })).toEqual(['use_future']);
  });
});

describe('a config over an adapter', () => {
  const over = async (lora: string) => {
    const { loaded } = await loadText(`${minimal}init_adapter: a\n${lora}\n`);
    const [run] = loaded?.configs ?? [];
    if (!run) throw new Error(`${lora} is not valid`);
    return takeAdapter(run.written, adapterSettings(adapter), 'run a');
  };

  it('takes what it leaves out from the adapter', async () => {
    const { config, findings, compare } = await over('lora: { r: 4, lora_dropout: 0.3 }');
    expect([findings, compare]).toEqual([[], []]);
    expect(config?.lora).toMatchObject({
      r: 4,
      lora_alpha: 32,
      lora_dropout: 0.3,
      target_modules: ['v_proj', 'q_proj'],
    });
  });

  it('takes everything where nothing is written', async () => {
    expect((await over('')).config?.lora).toMatchObject({ r: 4, lora_alpha: 32, lora_dropout: 0.05 });
  });

  it('must say the same, and the error names both values and the place', async () => {
    const { config, findings } = await over('lora: { r: 8, use_dora: true, bias: none, use_rslora: false }');
    expect(config).toBeNull();
    expect(findings.map(({ code, at, message }) => [code, at?.line, at?.column, message])).toEqual([
      ['C017', 6, 9, '`lora.r` is 8 here and 4 in run a'],
      ['C017', 6, 15, '`lora.use_dora` is true here and false in run a'],
    ]);
    expect(findings[0]?.hint).toContain('mode: fuse');
  });

  it('may write the targets in another order, or leaves it to what they match', async () => {
    expect((await over('lora: { target_modules: [q_proj, v_proj] }')).compare).toEqual([]);
    const { config, compare } = await over('lora: { target_modules: all-linear }');
    expect(compare).toMatchObject([
      { name: 'target_modules', written: 'all-linear', adapter: ['v_proj', 'q_proj'] },
    ]);
    expect(config?.lora.target_modules).toBe('all-linear');
  });
});
