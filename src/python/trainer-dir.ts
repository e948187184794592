import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../diagnostics/user-error.ts';

/** The folder that holds the Python package `lorch_trainer`: beside the sources, and from dist/ two levels up. */
export function findTrainerDir(from: string = import.meta.url): string {
  for (const relative of ['../trainer/', '../../src/trainer/']) {
    const dir = fileURLToPath(new URL(relative, from));
    if (existsSync(join(dir, 'lorch_trainer', '__init__.py'))) return dir.replace(/\/$/, '');
  }
  throw new UserError('E009', 'lorch_trainer, the Python part of lorch, is not in this installation', {
    hint: 'install lorch again',
    exitCode: 3,
  });
}
