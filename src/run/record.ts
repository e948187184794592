// run.json: what people may change about a run after its plan is fixed.
import { z } from 'zod';

/** The last moment that a Date can represent. */
export const lastMs = 8.64e15;
/** Part of a run's id, and so of a path. */
export const runName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

const time = z.number().int().nonnegative().max(lastMs);

const record = z.object({
  lorch: z.literal(1),
  id: runName,
  name: z.string(),
  created_ms: time,
  tags: z.array(z.string()).default([]),
  notes: z.string().default(''),
  /** Why the review gate was overridden; null if it was not. Never removed. */
  unreviewed: z.string().nullable().default(null),
  /** When a run was cancelled before it had any attempt. */
  cancelled_ms: time.nullable().default(null),
});

export type RunRecord = z.infer<typeof record>;

/** The record, or its fault. */
export function checkRecord(value: unknown): { value: RunRecord } | string {
  const parsed = record.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const version = (value as { lorch?: unknown } | null)?.lorch;
  if (typeof version === 'number' && version > 1) return 'a later version of lorch wrote it';
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'it'} is not what run.json has there`;
}

/** Whether a folder's name can be the id of a run. */
export function isRunId(name: string): boolean {
  return runName.safeParse(name).success;
}
