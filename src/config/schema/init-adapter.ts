import { z } from 'zod';
import { field, section, text } from './field.ts';

const modes = ['continue', 'fuse'] as const;
export type InitMode = (typeof modes)[number];

const source = text.max(1024).regex(/^[^\p{Cc}\p{Cf}]+$/u, 'text without control characters');

/** The adapter to start from: a name alone means `mode: continue`. */
export const initAdapter = z
  .union([
    source,
    section(
      {
        from: field(
          source,
          'A run (id, unique start of an id, name, `@last`), a folder, or `user/name[@revision]` on the hub.',
        ),
        mode: field(
          z.enum(modes).default('continue'),
          '`continue`: the same adapter is trained further. `fuse`: it is fused into the base model first, and a new adapter is trained on top.',
        ),
      },
      'The adapter to start from.',
    ),
  ])
  .transform((value): { from: string; mode: InitMode } =>
    typeof value === 'string' ? { from: value, mode: 'continue' } : value,
  );
