// The codes that Python raises; Python reads the same file.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeDoc } from '../../diagnostics/finding.ts';
import { findTrainerDir } from '../../python/trainer-dir.ts';

/** T and R0 codes of the trainer; some have a hint. */
export async function trainerCodes(): Promise<(CodeDoc & { hint?: string })[]> {
  const path = join(findTrainerDir(), 'lorch_trainer', 'codes.json');
  const codes = JSON.parse(await readFile(path, 'utf8')) as Record<
    string,
    Omit<CodeDoc, 'code'> & { hint?: string }
  >;
  return Object.entries(codes).map(([code, doc]) => ({ code, ...doc }));
}
