import type { z } from 'zod';
import { count, derived, field, flag, nonNegative, optional, positive, section, text } from './field.ts';

export const resourcesSection = section(
  {
    host: field(text.default('local'), 'The host that executes the run: `local` is this machine.'),
    gpus: derived(
      count
        .refine((gpus) => gpus <= 1, {
          error: 'a run trains on one GPU so far',
          params: { code: 'C016', hint: 'gpus: 1' },
        })
        .meta({ maximum: 1 }),
      '1 if a GPU is visible, else 0',
      '1 trains on a GPU, 0 on the CPU even if there is a GPU.',
    ),
    share_gpu: field(
      flag.default(false),
      'Whether the run may use a GPU at the same time as other runs that may, if their memory forecasts fit together.',
    ),
    max_hours: optional(
      positive,
      'The longest time of an attempt. Then it saves a checkpoint and ends; `lorch resume` gives it as long again. It holds with lorch gone.',
    ),
    max_cost: optional(
      positive,
      'The most that an attempt may cost, at the `price_per_hour` of lorch.yaml. Then it saves a checkpoint and ends.',
    ),
    hang_steps: field(
      nonNegative.default(100),
      'An attempt that makes no progress for the time of so many steps has hung: the stacks of all threads go to its log, and it is ended. 0 switches this off.',
    ),
    hang_minutes: field(
      positive.default(15),
      'An attempt has never hung before it made no progress for so many minutes.',
    ),
  },
  'Where the run is executed.',
  {
    owned: {},
    removed: {},
    unsupported: {
      partition: 'runs are executed on this machine so far; Slurm is planned',
      queue: '`lorch train CONFIG --queue` queues a run',
    },
  },
);

export type ResourcesSection = z.output<typeof resourcesSection>;
