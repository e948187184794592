import type { RunConfig } from '../schema/run.ts';
import type { Report, Rule } from './rule.ts';

/** Learning rates of parameters of one kind need such parameters. */
export const learningRatesRule: Rule = {
  needs: ['training', 'lora'],
  check({ training, lora }, report) {
    if (training.loraplus_lr_embedding !== undefined && training.loraplus_lr_ratio === undefined)
      report(
        'training.loraplus_lr_embedding',
        'loraplus_lr_embedding has no effect without loraplus_lr_ratio',
        'write loraplus_lr_ratio: 16; for embeddings that are trained in full, write embedding_learning_rate',
        'C018',
      );
    if (training.embedding_learning_rate === undefined) return;
    if (lora.modules_to_save === undefined && lora.trainable_token_indices === undefined)
      report(
        'training.embedding_learning_rate',
        'embedding_learning_rate has no effect: no embedding is trained in full',
        'lora.modules_to_save: [embed_tokens, lm_head], or lora.trainable_token_indices',
        'C018',
      );
  },
};

/** What single optimizers need. */
export const optimizerRule: Rule = {
  needs: ['training', 'lora'],
  check(config, report) {
    const { optim } = config.training;
    if (optim === 'muon') checkMuon(config, report);
    if (optim.startsWith('schedule_free_')) checkScheduleFree(config, report);
  },
};

/** Muon makes the update of a matrix orthogonal: it has none for vectors, and its authors leave embeddings to Adam. */
function checkMuon({ training, lora }: RunConfig, report: Report): void {
  const without = 'optim: adamw_torch_fused trains them';
  const refuse = (name: string, given: boolean, what: string) =>
    given &&
    report(`lora.${name}`, `muon only trains the matrices of an adapter; ${name} trains ${what}`, without);
  refuse('bias', lora.bias !== 'none', 'vectors');
  refuse('lora_bias', lora.lora_bias, 'vectors');
  refuse('use_dora', lora.use_dora, 'vectors');
  refuse('modules_to_save', lora.modules_to_save !== undefined, 'whole modules');
  refuse('trainable_token_indices', lora.trainable_token_indices !== undefined, 'rows of the embedding');
  for (const name of ['adam_beta1', 'adam_beta2', 'adam_epsilon'] as const)
    if (training[name] !== adamDefaults[name])
      report(
        `training.${name}`,
        `${name} has no effect with optim: muon`,
        'optim_args: momentum=0.95',
        'C018',
      );
}

const adamDefaults = { adam_beta1: 0.9, adam_beta2: 0.999, adam_epsilon: 1e-8 };

/** Averaging takes the place of a schedule; with one, the rate would fall twice. */
function checkScheduleFree({ training }: RunConfig, report: Report): void {
  if (training.lr_scheduler_type !== 'constant')
    report(
      'training.lr_scheduler_type',
      `${training.optim} replaces the schedule, but lr_scheduler_type is ${training.lr_scheduler_type}`,
      'lr_scheduler_type: constant',
    );
}
