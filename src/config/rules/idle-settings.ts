import type { Rule } from './rule.ts';

/** Settings that another one makes idle. */
export const idleSettingsRule: Rule = {
  needs: ['training'],
  check({ training }, report) {
    const idle = (name: string, given: boolean, needs: string) =>
      given && report(`training.${name}`, `${name} has no effect without ${needs}`, undefined, 'C018');
    const workers = training.dataloader_num_workers > 0;
    const parallel = 'dataloader_num_workers above 0';
    idle(
      'dataloader_prefetch_factor',
      training.dataloader_prefetch_factor !== undefined && !workers,
      parallel,
    );
    idle('dataloader_persistent_workers', training.dataloader_persistent_workers && !workers, parallel);
    idle(
      'dataloader_multiprocessing_context',
      training.dataloader_multiprocessing_context !== undefined && !workers,
      parallel,
    );
    idle(
      'gradient_checkpointing_kwargs',
      training.gradient_checkpointing_kwargs !== undefined && !training.gradient_checkpointing,
      'gradient_checkpointing: true',
    );
    idle(
      'torch_compile_backend',
      training.torch_compile_backend !== undefined && !training.torch_compile,
      'torch_compile: true',
    );
    idle(
      'torch_compile_mode',
      training.torch_compile_mode !== undefined && !training.torch_compile,
      'torch_compile: true',
    );
    idle(
      'liger_kernel_config',
      training.liger_kernel_config !== undefined && !training.use_liger_kernel,
      'use_liger_kernel: true',
    );
    idle(
      'logging_steps',
      training.logging_steps !== undefined && training.logging_strategy !== 'steps',
      'logging_strategy: steps',
    );
    idle(
      'early_stopping_threshold',
      training.early_stopping_threshold !== undefined && training.early_stopping_patience === undefined,
      'early_stopping_patience',
    );
    const trackio = training.report_to.includes('trackio');
    for (const name of [
      'project',
      'trackio_space_id',
      'trackio_bucket_id',
      'trackio_static_space_id',
    ] as const)
      idle(name, training[name] !== undefined && !trackio, 'report_to: trackio');
  },
};
