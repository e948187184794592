// queue.json in the folder of a run that waits: its place in the queue, for an index that is made again.
import { z } from 'zod';
import { lastMs, runName } from './record.ts';

const time = z.number().int().nonnegative().max(lastMs);
const whole = z.number().int();

const queueFile = z.object({
  lorch: z.literal(1),
  queued_ms: time,
  priority: whole,
  /** Runs of one priority start in this order. */
  place: whole,
  /** Why it is held; null: it is not held. */
  held: z.string().nullable().default(null),
  /** Runs that must end first; `ok`: they must succeed. */
  after: z.array(z.object({ run: runName, outcome: z.enum(['ok', 'any']) })).default([]),
  /** The number of the last attempt before it was queued; a later one shows that it waits no longer. */
  after_attempt: whole.nonnegative().default(0),
});

export type QueueFile = z.infer<typeof queueFile>;
export type After = QueueFile['after'][number];

/** The place in the queue, or the fault of the file. */
export function checkQueueFile(value: unknown): { value: QueueFile } | string {
  const parsed = queueFile.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'it'} is not what queue.json has there`;
}
