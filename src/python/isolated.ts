// How every Python is started: it imports what is installed in its environment, the trainer, and nothing else.
import { join } from 'node:path';
import type { Env } from './cache-dir.ts';

/** Before any program: no current folder, no PYTHONPATH, no packages of the user on the import path; UTF-8, unbuffered. */
export const isolation = ['-I', '-X', 'utf8', '-u'] as const;

/** A program that ends with the process `parent`; 0 lets it live on. `program` is a module with its arguments, or `-c`, code. */
export function isolatedArgs(trainerDir: string, parent: number, program: readonly string[]): string[] {
  return [...isolation, join(trainerDir, 'isolated.py'), String(parent), ...program];
}

/**
 * The environment of an isolated Python. -I does not reach the interpreters that a library starts with its own
 * arguments, so the variables go, too; and pickles are never loaded as programs, whatever the user's shell says.
 */
export function isolatedEnvironment(env: Env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !/^PYTHON/i.test(name)) kept[name] = value;
  delete kept.TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD;
  delete kept.TORCH_CUSTOM_PYTHONPATH;
  return {
    ...kept,
    PYTHONNOUSERSITE: '1',
    PYTHONSAFEPATH: '1',
    PYTHONUTF8: '1',
    TORCH_FORCE_WEIGHTS_ONLY_LOAD: '1',
  };
}
