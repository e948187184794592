import { z } from 'zod';
import { count, field, section } from './field.ts';

export const retrySection = section(
  {
    attempts: field(
      count.max(20).default(0),
      'How many attempts in a row lorch starts by itself after a failure that it knows how to go on from. 0 switches this off.',
    ),
    on: field(
      z.array(z.enum(['out-of-memory', 'preempted'])).default(['out-of-memory', 'preempted']),
      'After which failures: `out-of-memory` goes on with smaller micro-batches and the same effective batch, then with gradient checkpointing; `preempted` goes on as it is.',
    ),
  },
  'Attempts that lorch starts by itself (docs/failures.md).',
);
