import { describe, expect, it } from 'vitest';
import { renderConfig } from '../../src/config/render/index.ts';
import type { MachineFacts } from '../../src/config/render/machine-facts.ts';
import { configOf, minimal } from './load-files.ts';

const gpu: MachineFacts = { device: 'cuda', bf16Supported: true };
const oldGpu: MachineFacts = { device: 'cuda', bf16Supported: false };
const cpu: MachineFacts = { device: 'cpu', bf16Supported: true };

async function render(text: string, machine = gpu) {
  const { rendered, findings } = renderConfig(await configOf(minimal + text), machine);
  return { ...rendered, findings };
}

describe('the rendered objects', () => {
  it('write out every default', async () => {
    const { lora, quantization, training, model, resources } = await render('');
    expect(lora).toMatchObject({
      r: 16,
      lora_alpha: 32,
      lora_dropout: 0,
      target_modules: 'all-linear',
      bias: 'none',
    });
    expect(quantization).toBeNull();
    expect(model).toEqual({ dtype: 'bfloat16', attn_implementation: 'sdpa', trust_remote_code: false });
    expect(resources).toEqual({ host: 'local', gpus: 1, hang_steps: 100, hang_minutes: 15 });
    expect(training).toMatchObject({
      learning_rate: 2e-4,
      lr_scheduler_type: 'linear',
      warmup_steps: 0.03,
      optim: 'adamw_torch_fused',
      num_train_epochs: 3,
      per_device_train_batch_size: 4,
      gradient_accumulation_steps: 4,
      per_device_eval_batch_size: 4,
      max_length: 2048,
      packing: false,
      loss_type: 'nll',
      max_grad_norm: 1,
      weight_decay: 0,
      seed: 42,
      data_seed: 42,
      gradient_checkpointing: true,
      gradient_checkpointing_kwargs: { use_reentrant: false },
      logging_strategy: 'steps',
      logging_steps: 1,
      save_strategy: 'epoch',
      save_total_limit: 2,
      eval_strategy: 'no',
      report_to: 'none',
      run_name: 'a',
      push_to_hub: false,
    });
  });

  it('give settings only to EVA', async () => {
    const { lora } = await render('lora: { init_lora_weights: eva, eva_config: { tau: 0.9 } }\n');
    expect(lora.eva_config).toEqual({ rho: 1, tau: 0.9, use_label_mask: true, whiten: false });
    expect((await render('')).lora.eva_config).toBeNull();
  });

  it('scale Muon so that the learning rate keeps its meaning', async () => {
    expect((await render('training: { optim: muon }\n')).training.optim_args).toBe(
      'adjust_lr_fn=match_rms_adamw',
    );
    expect((await render('')).training.optim_args).toBeNull();
  });

  it('refuse what needs a CUDA GPU on a machine without one', async () => {
    const text =
      'training: { use_liger_kernel: true }\nmodel: { attn_implementation: kernels-community/flash-attn2 }\n';
    const { findings } = await render(text, cpu);
    expect(findings.map(({ code, at }) => [code, at?.pointer])).toEqual([
      ['C025', '/training/use_liger_kernel'],
      ['C025', '/model/attn_implementation'],
    ]);
    expect((await render(text, gpu)).findings).toEqual([]);
    const paged = await render('training: { optim: paged_ademamix_32bit }\n', cpu);
    expect(paged.findings.map(({ code, hint }) => [code, hint])).toContainEqual([
      'C025',
      'training.optim: ademamix',
    ]);
  });

  it('leave nothing undefined, so that the plan has every value', async () => {
    const rendered = await render('quantization: { load_in_4bit: true }\n');
    expect(JSON.parse(JSON.stringify(rendered))).toEqual(rendered);
    for (const section of [rendered.lora, rendered.quantization, rendered.training])
      expect(Object.values(section ?? {})).not.toContain(undefined);
  });

  it('scale the adapter by 2 at any rank by default', async () => {
    expect((await render('lora: { r: 64 }\n')).lora.lora_alpha).toBe(128);
    expect((await render('lora: { r: 64, lora_alpha: 16 }\n')).lora.lora_alpha).toBe(16);
  });

  it('quantize as QLoRA does, in the dtype of the base', async () => {
    expect((await render('quantization: { load_in_4bit: true }\n')).quantization).toEqual({
      load_in_4bit: true,
      load_in_8bit: false,
      llm_int8_skip_modules: null,
      bnb_4bit_quant_type: 'nf4',
      bnb_4bit_use_double_quant: true,
      bnb_4bit_compute_dtype: 'bfloat16',
      bnb_4bit_quant_storage: 'uint8',
    });
    const half = await render('quantization: { load_in_4bit: true }\nmodel: { dtype: float32 }\n');
    expect(half.quantization?.bnb_4bit_compute_dtype).toBe('float32');
    const eight = await render('quantization: { load_in_8bit: true }\n');
    expect(eight.quantization).toEqual({
      load_in_4bit: false,
      load_in_8bit: true,
      llm_int8_skip_modules: null,
      llm_int8_threshold: 6,
    });
  });

  it('choose mixed precision by the dtype', async () => {
    const precision = async (text: string) => {
      const { training } = await render(text);
      return [training.bf16, training.fp16];
    };
    expect(await precision('')).toEqual([true, false]);
    expect(await precision('model: { dtype: float16 }\n')).toEqual([false, true]);
    expect(await precision('model: { dtype: float32 }\n')).toEqual([false, false]);
    expect(await precision('model: { dtype: float32 }\ntraining: { bf16: true }\n')).toEqual([true, false]);
    expect(await precision('training: { bf16: false }\n')).toEqual([false, false]);
  });

  it('evaluate each epoch where there are rows, and at steps where their number is given', async () => {
    const rows = minimal.replace('rows.jsonl', 'rows.jsonl\n  validation: held-out.jsonl');
    const training = async (text: string) => renderConfig(await configOf(rows + text), gpu).rendered.training;
    expect(await training('')).toMatchObject({
      eval_strategy: 'epoch',
      metric_for_best_model: 'eval_loss',
      greater_is_better: false,
    });
    expect(await training('training: { eval_steps: 5, save_steps: 10 }\n')).toMatchObject({
      eval_strategy: 'steps',
      eval_steps: 5,
      save_strategy: 'steps',
      save_steps: 10,
    });
    expect(await training('training: { metric_for_best_model: mean_token_accuracy }\n')).toMatchObject({
      greater_is_better: true,
    });
  });

  it('drop the warm-up of a schedule that has none', async () => {
    expect((await render('training: { lr_scheduler_type: constant }\n')).training.warmup_steps).toBe(0);
    expect((await render('training: { lr_scheduler_type: cosine }\n')).training.warmup_steps).toBe(0.03);
  });

  it('turn `none` into the null that libraries read', async () => {
    const { training } = await render(
      'training: { max_length: none, save_total_limit: none, report_to: [wandb] }\n',
    );
    expect(training).toMatchObject({ max_length: null, save_total_limit: null, report_to: ['wandb'] });
  });
});

describe('the machine', () => {
  it('decides what depends on it', async () => {
    const onCpu = await render('', cpu);
    expect(onCpu.training).toMatchObject({ use_cpu: true, dataloader_pin_memory: false, bf16: true });
    expect(onCpu.resources.gpus).toBe(0);
    const off = await render('resources: { gpus: 0 }\n', gpu);
    expect(off.training).toMatchObject({ use_cpu: true, dataloader_pin_memory: false });
    expect(off.resources.gpus).toBe(0);
  });

  it('is told what it cannot do', async () => {
    const codes = async (text: string, machine: MachineFacts) =>
      (await render(text, machine)).findings.map(({ code, at }) => `${code} ${at?.pointer}`);
    expect(await codes('', gpu)).toEqual([]);
    expect(await codes('', cpu)).toEqual([]);
    expect(await codes('', oldGpu)).toEqual(['C025 /model/dtype']);
    expect(await codes('model: { dtype: float16 }\n', oldGpu)).toEqual([]);
    expect(await codes('model: { dtype: float16 }\n', cpu)).toEqual(['C025 /model/dtype']);
    expect(await codes('resources: { gpus: 1 }\n', cpu)).toEqual(['C025 /resources/gpus']);
    expect(await codes('training: { tf32: true }\n', cpu)).toEqual(['C025 /training/tf32']);
    expect(await codes('model: { attn_implementation: flash_attention_2 }\n', cpu)).toEqual([
      'C025 /model/attn_implementation',
    ]);
    expect(await codes('resources: { gpus: 0 }\n', oldGpu)).toEqual([]);
  });
});
