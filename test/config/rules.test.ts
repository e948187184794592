import { describe, expect, it } from 'vitest';
import { configOf, loadText, minimal } from './load-files.ts';

const validated = minimal.replace('train: rows.jsonl', 'train: rows.jsonl\n  validation: { fraction: 0.1 }');

const alone: [what: string, text: string, faults: string[]][] = [
  ['nothing is adapted', 'lora: { target_modules: [] }', ['5:9 C017']],
  [
    'an adapter on lm_head, which the loss bypasses',
    'lora: { target_modules: [q_proj, lm_head] }',
    ['5:9 C017'],
  ],
  [
    'a module both adapted and saved',
    'lora: { target_modules: [q_proj], modules_to_save: [q_proj] }',
    ['5:35 C017'],
  ],
  ['layers_to_transform with all-linear', 'lora: { layers_to_transform: [0, 1] }', ['5:9 C017']],
  ['layers_pattern alone', 'lora: { target_modules: [q_proj], layers_pattern: h }', ['5:35 C018']],
  ['dropout with target_parameters', 'lora: { target_parameters: [a.b], lora_dropout: 0.1 }', ['5:35 C017']],
  ['DoRA with target_parameters', 'lora: { target_parameters: [a.b], use_dora: true }', ['5:35 C017']],
  ['lora_bias with target_parameters', 'lora: { target_parameters: [a.b], lora_bias: true }', ['5:35 C017']],
  ['rsLoRA without an alpha', 'lora: { use_rslora: true }', ['5:9 C017']],
  ['lora_bias with DoRA', 'lora: { use_dora: true, lora_bias: true }', ['5:25 C017']],
  ['lora_bias with a gaussian start', 'lora: { lora_bias: true, init_lora_weights: gaussian }', ['5:9 C017']],
  ['an orthogonal start of odd rank', 'lora: { r: 7, init_lora_weights: orthogonal }', ['5:15 C017']],
  [
    'modules saved in float16',
    'lora: { modules_to_save: [embed_tokens] }\nmodel: { dtype: float16 }',
    ['5:9 C017'],
  ],
  ['biases trained in float16', 'lora: { bias: all }\nmodel: { dtype: float16 }', ['5:9 C017']],
  ['4 and 8 bit at once', 'quantization: { load_in_4bit: true, load_in_8bit: true }', ['5:37 C017']],
  ['neither 4 nor 8 bit', 'quantization: { bnb_4bit_quant_type: nf4 }', ['5:1 C018']],
  [
    '4-bit settings in 8 bit',
    'quantization: { load_in_8bit: true, bnb_4bit_quant_type: nf4 }',
    ['5:37 C018'],
  ],
  ['8-bit settings in 4 bit', 'quantization: { load_in_4bit: true, llm_int8_threshold: 5.0 }', ['5:37 C018']],
  [
    'a compute dtype unlike the base',
    'quantization: { load_in_4bit: true, bnb_4bit_compute_dtype: float16 }',
    ['5:37 C017'],
  ],
  ['bf16 and fp16', 'training: { bf16: true, fp16: true }', ['5:25 C017']],
  ['fp16 over a bfloat16 base', 'training: { fp16: true }', ['5:13 C017']],
  ['bf16 over a float16 base', 'training: { bf16: true }\nmodel: { dtype: float16 }', ['5:13 C017']],
  [
    'a warm-up that the schedule lacks',
    'training: { lr_scheduler_type: constant, warmup_steps: 10 }',
    ['5:42 C018'],
  ],
  [
    'a schedule without its lowest rate',
    'training: { lr_scheduler_type: cosine_with_min_lr }',
    ['5:13 C017'],
  ],
  ['a schedule without its decay', 'training: { lr_scheduler_type: warmup_stable_decay }', ['5:13 C017']],
  ['a rate of LoRA+ alone', 'training: { loraplus_lr_embedding: 1.0e-5 }', ['5:13 C018']],
  ['a rate for embeddings that do not train', 'training: { embedding_learning_rate: 1.0e-5 }', ['5:13 C018']],
  ['LoRA+ that slows B down', 'training: { loraplus_lr_ratio: 0.5 }', ['5:32 C012']],
  ['GaLore, with the reason', 'training: { optim: galore_adamw }', ['5:20 C016']],
  ['LOMO, with the reason', 'training: { optim: lomo }', ['5:20 C016']],
  ['GrokAdamW, with the reason', 'training: { optim: grokadamw }', ['5:20 C016']],
  ['Muon on whole modules', 'training: { optim: muon }\nlora: { modules_to_save: [lm_head] }', ['6:9 C017']],
  ['Muon on magnitudes', 'training: { optim: muon }\nlora: { use_dora: true }', ['6:9 C017']],
  ['β of Adam for Muon', 'training: { optim: muon, adam_beta2: 0.95 }', ['5:26 C018']],
  ['a schedule for what has none', 'training: { optim: schedule_free_adamw }', ['5:1 C017']],
  ['arguments that are no pairs', 'training: { optim: sgd, optim_args: momentum }', ['5:37 C012']],
  [
    'PiSSA over a quantized base',
    'lora: { init_lora_weights: pissa }\nquantization: { load_in_4bit: true }',
    ['5:9 C017'],
  ],
  [
    'OLoRA on single parameters',
    'lora: { init_lora_weights: olora, target_parameters: [a.b] }',
    ['5:9 C017'],
  ],
  ['PiSSA with lora_bias', 'lora: { init_lora_weights: pissa, lora_bias: true }', ['5:35 C017']],
  [
    'EVA with ranks of its own',
    'lora: { init_lora_weights: eva, rank_pattern: { q_proj: 4 } }',
    ['5:33 C017'],
  ],
  ['EVA that shares out ranks', 'lora: { init_lora_weights: eva, eva_config: { rho: 2 } }', ['5:52 C012']],
  ['settings of EVA without it', 'lora: { eva_config: { tau: 0.9 } }', ['5:9 C018']],
  ['LoftQ, with the reason', 'lora: { init_lora_weights: loftq }', ['5:28 C016']],
  ['CorDA, with the reason', 'lora: { init_lora_weights: corda }', ['5:28 C016']],
  ['settings of Liger without it', 'training: { liger_kernel_config: { rope: false } }', ['5:13 C018']],
  [
    "Liger's loss",
    'training: { use_liger_kernel: true, liger_kernel_config: { fused_linear_cross_entropy: true } }',
    ['5:88 C012'],
  ],
  [
    'FlashAttention in float32',
    'model: { dtype: float32, attn_implementation: flash_attention_2 }',
    ['5:26 C017'],
  ],
  ['a kernel of anybody', 'model: { attn_implementation: someone/flash }', ['5:31 C012']],
  ['epochs beside max_steps', 'training: { max_steps: 10, num_train_epochs: 3 }', ['5:28 C018']],
  ['packing without a length', 'training: { packing: true, max_length: none }', ['5:28 C017']],
  ['a packing strategy without packing', 'training: { packing_strategy: bfd }', ['5:13 C018']],
  ['padding of joined rows', 'training: { padding_free: true, pad_to_multiple_of: 8 }', ['5:33 C017']],
  [
    'grouping of packed rows',
    'training: { packing: true, train_sampling_strategy: group_by_length }',
    ['5:28 C018'],
  ],
  ['an evaluation without rows', 'training: { eval_strategy: epoch }', ['5:13 C017']],
  ['eval_steps without rows', 'training: { eval_steps: 5 }', ['5:13 C017']],
  ['the best model without rows', 'training: { load_best_model_at_end: true }', ['5:13 C017']],
  ['a plateau without rows', 'training: { lr_scheduler_type: reduce_lr_on_plateau }', ['5:13 C017']],
  ['early stopping without rows', 'training: { early_stopping_patience: 3 }', ['5:13 C017']],
  ['a threshold without patience', 'training: { early_stopping_threshold: 0.1 }', ['5:13 C018']],
  ['eval_packing without rows', 'training: { eval_packing: true }', ['5:13 C018']],
  ['save_steps under epochs', 'training: { save_strategy: epoch, save_steps: 10 }', ['5:35 C018']],
  ['prefetching without workers', 'training: { dataloader_prefetch_factor: 2 }', ['5:13 C018']],
  ['lasting workers without workers', 'training: { dataloader_persistent_workers: true }', ['5:13 C018']],
  [
    'arguments of switched-off checkpointing',
    'training: { gradient_checkpointing: false, gradient_checkpointing_kwargs: { use_reentrant: true } }',
    ['5:44 C018'],
  ],
  ['a compile mode without compiling', 'training: { torch_compile_mode: default }', ['5:13 C018']],
  ['logging_steps under epochs', 'training: { logging_strategy: epoch, logging_steps: 5 }', ['5:38 C018']],
  ['a trackio project without trackio', 'training: { project: mine }', ['5:13 C018']],
];

const withRows: [what: string, text: string, faults: string[]][] = [
  ['eval_strategy: steps without a number', 'training: { eval_strategy: steps }', ['6:13 C017']],
  ['eval_steps under epochs', 'training: { eval_strategy: epoch, eval_steps: 5 }', ['6:35 C018']],
  [
    'the best model without evaluations',
    'training: { eval_strategy: "no", load_best_model_at_end: true }',
    ['6:34 C017'],
  ],
  [
    'the best model with other saves than evaluations',
    'training: { eval_steps: 5, save_strategy: epoch, load_best_model_at_end: true }',
    ['6:50 C017'],
  ],
  [
    'the best model saved between evaluations',
    'training: { eval_steps: 10, save_steps: 15, load_best_model_at_end: true }',
    ['6:29 C017'],
  ],
  [
    'a fraction beside a number of steps',
    'training: { eval_steps: 0.1, save_steps: 10, load_best_model_at_end: true }',
    ['6:30 C017'],
  ],
  [
    'early stopping without evaluations',
    'training: { eval_strategy: "no", early_stopping_patience: 3 }',
    ['6:34 C017'],
  ],
  ['patience for nothing', 'training: { early_stopping_patience: 0 }', ['6:38 C012']],
  [
    'a threshold below zero',
    'training: { early_stopping_patience: 1, early_stopping_threshold: -1 }',
    ['6:67 C012'],
  ],
  ['a metric that no evaluation has', 'training: { metric_for_best_model: bleu }', ['6:36 C012']],
  [
    'saving the best without evaluations',
    'training: { eval_strategy: "no", save_strategy: best }',
    ['6:34 C017'],
  ],
];

describe('two settings that cannot go together', () => {
  for (const [what, text, faults] of alone)
    it(`refuses ${what}`, async () => expect((await loadText(`${minimal}${text}\n`)).faults).toEqual(faults));
  for (const [what, text, faults] of withRows)
    it(`refuses ${what}`, async () =>
      expect((await loadText(`${validated}${text}\n`)).faults).toEqual(faults));

  it('refuses a file that is trained on as validation', async () => {
    const text =
      'name: a\nbase_model: b\ndataset:\n  train: [a.jsonl, b.jsonl, a.jsonl]\n  validation: b.jsonl\n';
    expect((await loadText(text)).faults).toEqual(['4:29 C017', '5:3 C017']);
  });

  it('finds them in one section while another has wrong values', async () => {
    const text = `${minimal}lora: { r: x }\nquantization: { load_in_4bit: true, load_in_8bit: true }\n`;
    expect((await loadText(text)).faults).toEqual(['5:12 C011', '6:37 C017']);
  });
});

describe('what is trained, and what happens to long rows', () => {
  const dataset = (more: string, rest = '') => `${minimal.trimEnd()}\n  ${more}\n${rest}`;

  it.each([
    ['a split of conversations', 'truncate: split', '', ['5:3 C017']],
    ['roles of plain texts', 'format: text\n  train_on: [assistant]', '', ['6:3 C017']],
    ['the last turn of plain texts', 'format: text\n  train_on: last', '', ['6:3 C017']],
    ['a template for plain texts', 'format: text\n  template: chatml', '', ['6:3 C018']],
    ['a policy without a length', 'truncate: left', 'training: { max_length: none }\n', ['5:3 C018']],
    ['a role twice', 'train_on: [user, user]', '', ['5:13 C012']],
    ['a role that is none', 'train_on: [bot]', '', ['5:14 C012']],
    ['a policy that is none', 'truncate: middle', '', ['5:13 C012']],
  ])('refuses %s', async (_what, more, rest, faults) => {
    expect((await loadText(dataset(more, rest))).faults).toEqual(faults);
  });

  it.each([
    ['train_on: all', 'all', undefined],
    ['train_on: [assistant, tool]\n  truncate: refuse', ['assistant', 'tool'], 'refuse'],
    ['format: text\n  truncate: drop', 'answers', 'drop'],
    ['format: text\n  train_on: all', 'all', undefined],
  ])('accepts %s', async (more, trainOn, truncate) => {
    const { dataset: read } = await configOf(dataset(more));
    expect([read.train_on, read.truncate]).toEqual([trainOn, truncate]);
  });

  it.each(['train_on_inputs', 'roles_to_train', 'mask_history', 'truncation_side'])(
    'names the setting that %s stands for elsewhere',
    async (name) => {
      const { findings } = await loadText(dataset(`${name}: true`));
      expect(findings[0]?.hint).toMatch(/dataset\.(train_on|truncate)/);
    },
  );

  it('names dataset.truncate for TRL’s truncation_mode', async () => {
    const { findings } = await loadText(`${minimal}training: { truncation_mode: keep_end }\n`);
    expect(`${findings[0]?.message} ${findings[0]?.hint}`).toContain('dataset.truncate');
  });
});

describe('near misses of the rules', () => {
  const good = [
    'lora: { target_modules: [q_proj], layers_to_transform: [0, 1], layers_pattern: layers }',
    'lora: { target_modules: [], target_parameters: [experts.gate_up_proj] }',
    'lora: { use_rslora: true, lora_alpha: 16 }',
    'lora: { modules_to_save: [embed_tokens, lm_head] }',
    'lora: { init_lora_weights: orthogonal, r: 8 }',
    'quantization: { load_in_8bit: true, llm_int8_threshold: 5.5 }',
    'quantization: { load_in_4bit: true, bnb_4bit_compute_dtype: float32 }',
    'training: { bf16: true, fp16: false }',
    'training: { lr_scheduler_type: constant, warmup_steps: 0 }',
    'training: { lr_scheduler_type: cosine_with_min_lr, lr_scheduler_kwargs: { min_lr_rate: 0.1 } }',
    'training: { eval_steps: 0.1, save_steps: 0.3, load_best_model_at_end: true }',
    'training: { eval_steps: 10, save_strategy: best, load_best_model_at_end: true }',
    'training: { load_best_model_at_end: true }',
    'training: { packing: true, packing_strategy: bfd, padding_free: true }',
    'training: { save_steps: 10 }',
    'training: { loraplus_lr_ratio: 16, loraplus_lr_embedding: 1.0e-5 }',
    'lora: { modules_to_save: [embed_tokens] }\ntraining: { embedding_learning_rate: 1.0e-5 }',
    'lora: { trainable_token_indices: [1] }\ntraining: { embedding_learning_rate: 1.0e-5 }',
    'training: { optim: muon, optim_args: "momentum=0.9, nesterov=false" }',
    'training: { optim: schedule_free_adamw, lr_scheduler_type: constant }',
    'lora: { init_lora_weights: pissa_niter_16, rank_pattern: { q_proj: 4 }, use_rslora: true, lora_alpha: 16 }',
    'lora: { init_lora_weights: eva, eva_config: { tau: 0.95 } }\nquantization: { load_in_4bit: true }',
    'training: { use_liger_kernel: true, liger_kernel_config: { rope: false } }',
    'model: { attn_implementation: kernels-community/flash-attn2 }\ntraining: { packing: true }',
    'model: { attn_implementation: flash_attention_3 }\ntraining: { padding_free: true }',
  ];
  for (const text of good)
    it(`accepts ${text}`, async () => expect((await loadText(`${validated}${text}\n`)).findings).toEqual([]));

  it('reads pasted step counts as the strategy that uses them', async () => {
    const { training } = await configOf(`${validated}training: { eval_steps: 5, save_steps: 10 }\n`);
    expect([training.eval_strategy, training.save_strategy]).toEqual([undefined, undefined]);
  });
});
