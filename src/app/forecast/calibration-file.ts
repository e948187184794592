// runs/calibration.jsonl: what `lorch model calibrate` measured, one line per size. Lines are only appended; later plans read them.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const bytes = z.number().positive().nullable();

const rung = z.object({
  v: z.literal(1),
  /** The same for all sizes of one calibration. */
  ladder: z.string(),
  /** When it was measured, epoch milliseconds. */
  t: z.number(),
  /** `cpu`, or the GPU as torch names it. */
  device: z.string(),
  base: z.string(),
  model_type: z.string(),
  batch: z.number().int().positive(),
  sequence_tokens: z.number().int().positive(),
  steps: z.number().int().positive(),
  step_ms: z.number().positive(),
  tokens_per_second: z.number().positive(),
  /** Forecast by the formula alone; null if the architecture is unknown. */
  flops_per_token: z.number().positive().nullable(),
  forecast_bytes: bytes,
  /** Peaks of the process; null for those that the device does not have. */
  reserved_peak_bytes: bytes,
  allocated_peak_bytes: bytes,
  rss_peak_bytes: z.number().positive(),
});

export type MeasuredRung = z.infer<typeof rung>;

/** Beside the run folders, so that rebuilding the database keeps it. */
export function calibrationFile(runsDir: string): string {
  return join(runsDir, 'calibration.jsonl');
}

/** Appends one line in one write, so that a size counts as soon as it was measured. */
export async function appendRung(runsDir: string, measured: MeasuredRung): Promise<void> {
  await appendFile(calibrationFile(runsDir), `${JSON.stringify(measured)}\n`, { mode: 0o600 });
}

/** All lines, oldest first; invalid lines are skipped. */
export async function readRungs(runsDir: string): Promise<MeasuredRung[]> {
  const text = await readFile(calibrationFile(runsDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => rung.safeParse(parseJson(line)).data ?? []);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The measurement that a memory forecast is compared with: reserved on a GPU, resident on the CPU. */
export function peakOf(measured: Pick<MeasuredRung, 'reserved_peak_bytes' | 'rss_peak_bytes'>): number {
  return measured.reserved_peak_bytes ?? measured.rss_peak_bytes;
}
