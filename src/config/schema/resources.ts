import { z } from 'zod';
import { count, derived, field, section } from './field.ts';

export const resourcesSection = section(
  {
    launcher: field(
      z
        .string()
        .refine((name) => name === 'local', {
          error: 'only the local launcher exists so far; ssh and slurm are planned',
          params: { code: 'C016', hint: 'launcher: local' },
        })
        .meta({ enum: ['local'] })
        .transform(() => 'local' as const)
        .prefault('local'),
      'How the trainer is started: a process on this machine.',
    ),
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
  },
  'Where the run is executed.',
  {
    owned: {},
    removed: {},
    unsupported: {
      host: 'only the local launcher exists so far; ssh is planned',
      partition: 'only the local launcher exists so far; Slurm is planned',
      queue: 'a queue is planned; a sweep runs its plans one after another',
    },
  },
);

export type ResourcesSection = z.output<typeof resourcesSection>;
