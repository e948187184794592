// The codes that Python raises; it reads the same file.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeDoc } from '../diagnostics/finding.ts';
import { findTrainerDir } from '../python/trainer-dir.ts';

/** T and R0 codes of the trainer. */
export async function trainerCodes(): Promise<CodeDoc[]> {
  const path = join(findTrainerDir(), 'lorch_trainer', 'codes.json');
  const codes = JSON.parse(await readFile(path, 'utf8')) as Record<string, Omit<CodeDoc, 'code'>>;
  return Object.entries(codes).map(([code, doc]) => ({ code, ...doc }));
}
