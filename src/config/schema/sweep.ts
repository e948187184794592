import { z } from 'zod';
import { atLeastOne, count, derived, field, optional, section } from './field.ts';

const value: z.ZodType<unknown> = z.unknown();

const sweepRange = section(
  {
    min: field(z.number(), 'The lower bound.'),
    max: field(z.number(), 'The upper bound.'),
    distribution: field(
      z.enum(['uniform', 'log_uniform', 'int_uniform']).default('uniform'),
      'log_uniform draws each order of magnitude equally often (learning rates); int_uniform draws whole numbers.',
    ),
  },
  'A range to draw from (method: random).',
);

export const sweepSection = section(
  {
    method: field(
      z.enum(['grid', 'random']).default('grid'),
      'Every combination, or a number of random ones.',
    ),
    samples: optional(atLeastOne.max(200), 'How many runs a random sweep makes.'),
    seed: derived(count, '42', 'Chooses the draws of a random sweep. More samples continue the same draws.'),
    parameters: field(
      z
        .record(z.string(), z.union([z.array(value).min(1), sweepRange]))
        .refine((map) => Object.keys(map).length > 0, {
          error: 'the sweep names no setting',
          params: { code: 'C023', hint: 'lora.r: [8, 16]' },
        }),
      'Paths of settings, such as `lora.r`, each with a list of values or a range.',
    ),
  },
  'Several runs from one config, under one sweep id.',
);

export type SweepSection = z.output<typeof sweepSection>;
