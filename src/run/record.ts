// run.json: what a person may say about a run after its plan is fixed.
import { z } from 'zod';

const record = z.object({
  lorch: z.literal(1),
  id: z.string(),
  name: z.string(),
  created_ms: z.number().int().nonnegative(),
  tags: z.array(z.string()).default([]),
  notes: z.string().default(''),
  /** Why the review gate was passed over; null where it was not. Never taken back. */
  unreviewed: z.string().nullable().default(null),
  /** When a run was cancelled before it had any attempt. */
  cancelled_ms: z.number().int().nonnegative().nullable().default(null),
});

export type RunRecord = z.infer<typeof record>;

/** Reads the text of run.json; null where it is not one. */
export function parseRunRecord(text: string): RunRecord | null {
  try {
    const parsed = record.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
