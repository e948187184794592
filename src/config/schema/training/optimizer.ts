import { z } from 'zod';
import {
  derived,
  field,
  keywords,
  nonNegative,
  optional,
  positive,
  stepsOrFractionOrNone,
  text,
} from '../field.ts';

/** Those that are any good for adapters. ../refused-values.ts has the others of transformers, with reasons. */
export const optimizers = [
  'adamw_torch',
  'adamw_torch_fused',
  'adamw_8bit',
  'adamw_bnb_8bit',
  'paged_adamw_8bit',
  'paged_adamw_32bit',
  'adafactor',
  'sgd',
  'adagrad',
  'rmsprop',
  'rmsprop_bnb',
  'rmsprop_bnb_8bit',
  'rmsprop_bnb_32bit',
  'lion_8bit',
  'lion_32bit',
  'paged_lion_8bit',
  'paged_lion_32bit',
  'ademamix',
  'ademamix_8bit',
  'paged_ademamix_32bit',
  'paged_ademamix_8bit',
  // Of PyTorch; transformers has no name for it.
  'muon',
  // These need another package: src/config/render/packages.ts.
  'adamw_torch_8bit',
  'adamw_torch_4bit',
  'schedule_free_adamw',
  'schedule_free_radam',
  'schedule_free_sgd',
  'stable_adamw',
] as const;

const schedulers = [
  'linear',
  'cosine',
  'cosine_with_restarts',
  'polynomial',
  'constant',
  'constant_with_warmup',
  'inverse_sqrt',
  'reduce_lr_on_plateau',
  'cosine_with_min_lr',
  'cosine_warmup_with_min_lr',
  'warmup_stable_decay',
  'greedy',
] as const;

const beta = z.number().min(0).lt(1);

export const optimizerFields = {
  learning_rate: field(
    positive.lte(1).default(2e-4),
    'The peak learning rate. 2.0e-4 as QLoRA used for 7B and 13B models: LoRA wants about ten times the rate of full fine-tuning. TRL has 2.0e-5, which is too low.',
  ),
  loraplus_lr_ratio: optional(
    z.number().min(1),
    'LoRA+: the B matrices get this many times learning_rate. So do biases and DoRA magnitudes, as in PEFT. The paper used 16, with about half of the usual learning_rate.',
  ),
  loraplus_lr_embedding: derived(
    positive.lte(1),
    '1.0e-6 with loraplus_lr_ratio, as in PEFT',
    'LoRA+: the learning rate of an adapter on an embedding layer.',
  ),
  embedding_learning_rate: optional(
    positive.lte(1),
    'The learning rate of embeddings and head that are trained in full (modules_to_save) or by rows (trainable_token_indices). Unsloth advises 2 to 10 times less than learning_rate. Default: learning_rate.',
  ),
  lr_scheduler_type: field(
    z.enum(schedulers).default('linear'),
    'How the learning rate changes after warm-up. linear, as in transformers.',
  ),
  lr_scheduler_kwargs: optional(keywords, 'Arguments of the schedule, such as {min_lr: 1.0e-5}.'),
  warmup_steps: derived(
    stepsOrFractionOrNone,
    '0.03, or 0 with a schedule without warm-up',
    'Optimizer steps of rising learning rate; below 1, a fraction of all steps. 0.03 as in QLoRA.',
  ),
  optim: field(
    z.enum(optimizers).default('adamw_torch_fused'),
    'The optimizer. adamw_torch_fused is the default, as in transformers. The 8-bit and paged ones of bitsandbytes save memory. docs/optimizers.md says which ones need an extra package.',
  ),
  optim_args: derived(
    text.regex(/^\s*\w+\s*=[^,=]+(,\s*\w+\s*=[^,=]+)*$/, 'pairs such as `momentum=0.9,nesterov=true`'),
    'adjust_lr_fn=match_rms_adamw with muon, else none',
    'More arguments for the optimizer, as `key=value,key=value`.',
  ),
  weight_decay: field(
    nonNegative.default(0),
    'Weight decay. 0 as in transformers; adapters are small already.',
  ),
  adam_beta1: field(beta.default(0.9), 'β₁ of Adam.'),
  adam_beta2: field(beta.default(0.999), 'β₂ of Adam.'),
  adam_epsilon: field(positive.default(1e-8), 'ε of Adam.'),
  max_grad_norm: field(
    nonNegative.default(1),
    'Gradients are scaled down to this norm; 0: not at all. 1.0 as in transformers; QLoRA used 0.3.',
  ),
  label_smoothing_factor: field(
    z.number().min(0).lt(1).default(0),
    'Label smoothing. Slower: it needs a second forward pass.',
  ),
  neftune_noise_alpha: optional(positive, 'NEFTune: noise on the embeddings in training; 5 is usual.'),
  loss_type: field(
    z.enum(['nll', 'dft']).default('nll'),
    'nll: cross entropy over the trained tokens, in chunks that never hold all logits. dft: Dynamic Fine-Tuning.',
  ),
  router_aux_loss_coef: optional(
    nonNegative,
    'Weight of the load-balancing loss of mixture-of-experts models.',
  ),
};
