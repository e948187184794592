import { z } from 'zod';
import { atLeastOne, count, derived, field, flag, optional, positive, section, text } from './field.ts';
import { loraRefused } from './lora-refused.ts';

const names = z.array(text);

/** Fields of EvaConfig. Its other two would do nothing: ranks are not shared out anew, and the mask is TRL's. */
export const evaSection = section(
  {
    rho: field(
      z
        .literal(1, {
          error:
            '1: above 1, EVA gives some layers more rank than r and others less, and no forecast can count that before launch',
        })
        .default(1),
      'How far EVA may move rank between layers. The default of PEFT is 2; lorch keeps r in every layer.',
    ),
    tau: field(
      z.number().min(0).max(1).default(0.99),
      'EVA takes a direction once its cosine from batch to batch is above this. 0.99, as in PEFT.',
    ),
    use_label_mask: field(flag.default(true), 'Only use the trained tokens.'),
    whiten: field(flag.default(false), 'Scale the directions to equal variance.'),
  },
  'Settings of init_lora_weights: eva.',
  {
    owned: { label_mask_value: 'it is -100, as in the prepared rows' },
    removed: {},
    unsupported: { adjust_scaling_factors: 'ranks stay as they are, so there is nothing to adjust' },
  },
);

export const loraSection = section(
  {
    task_type: field(
      z
        .enum(['CAUSAL_LM', 'TaskType.CAUSAL_LM'])
        .default('CAUSAL_LM')
        .transform(() => 'CAUSAL_LM' as const),
      'Always a causal language model; accepted so that a LoraConfig pastes in.',
    ),
    r: field(
      atLeastOne.default(16),
      'The rank. Most recipes start with 16; the default of PEFT is 8, the QLoRA paper used 64. `lorch compare` shows what a higher rank brings.',
    ),
    lora_alpha: derived(
      positive,
      '2 × r (required with use_rslora)',
      'The update is scaled by lora_alpha / r, so 2 × r keeps the scale at 2 when the rank changes.',
    ),
    lora_dropout: field(
      z.number().min(0).lt(1).default(0),
      'Dropout before the adapter. 0 as in PEFT: above it, activation memory about doubles and expert parameters cannot be adapted.',
    ),
    target_modules: field(
      z.union([text, names]).default('all-linear'),
      '`all-linear` (every linear layer except the output head), a list of module names, or a regular expression over full names. Adapting the MLP layers too does better than attention alone.',
    ),
    exclude_modules: optional(
      z.union([text, names]),
      'Modules to leave out: names, or a regular expression.',
    ),
    bias: field(
      z.enum(['none', 'all', 'lora_only']).default('none'),
      'Which biases to train. With any but `none` the base changes even when the adapter is switched off.',
    ),
    use_rslora: field(flag.default(false), 'Scale by lora_alpha / √r, which keeps high ranks stable.'),
    use_dora: field(
      flag.default(false),
      'Weight-decomposed LoRA: one magnitude per output feature beside the adapter. Slower, and needs more memory.',
    ),
    lora_bias: field(flag.default(false), 'A trainable bias on each lora_B.'),
    init_lora_weights: field(
      z
        .union([
          z.boolean(),
          z.enum(['gaussian', 'orthogonal', 'pissa', 'olora', 'eva']),
          z.string().regex(/^pissa_niter_[1-9]\d?$/, { error: 'pissa_niter_16', abort: true }),
        ])
        .default(true),
      'How the adapter starts. `true`: A random, B zero, so that training starts at the base model. `pissa`: the largest singular values of each weight (`pissa_niter_16` finds them faster, nearly as well); `olora`: its QR decomposition. Both are saved as a LoRA of rank 2 × r over the original base. `eva`: A from the main directions of the rows. See docs/lora-starts.md. `false` is for debugging: both random.',
    ),
    eva_config: optional(evaSection, 'Settings of init_lora_weights: eva.'),
    modules_to_save: optional(
      names.min(1),
      'Modules trained in full and saved with the adapter, such as embed_tokens and lm_head.',
    ),
    layers_to_transform: optional(
      z.union([count, z.array(count).min(1)]),
      'Adapt only these layers, counted from 0. Needs a list in target_modules.',
    ),
    layers_pattern: optional(
      z.union([text, names]),
      'The name of the list of layers, if PEFT does not know it.',
    ),
    rank_pattern: field(
      z.record(z.string(), atLeastOne).default({}),
      'Ranks that differ from r, by module name or regular expression.',
    ),
    alpha_pattern: field(
      z.record(z.string(), positive).default({}),
      'Alphas that differ from lora_alpha, by module name or regular expression.',
    ),
    target_parameters: optional(
      names.min(1),
      'Parameters to adapt that belong to no linear layer, such as fused experts: `mlp.experts.gate_up_proj`.',
    ),
    trainable_token_indices: optional(
      z.union([z.array(count).min(1), z.record(z.string(), z.array(count))]),
      'Token ids whose embeddings are trained, without training the whole embedding.',
    ),
    ensure_weight_tying: field(
      flag.default(false),
      'Keep embedding and head tied when one of them is in modules_to_save.',
    ),
  },
  'The adapter: the fields of LoraConfig in PEFT.',
  loraRefused,
);

export type LoraSection = z.output<typeof loraSection>;
