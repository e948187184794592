// Counting tokens for a data command: with the user's Python environment, or without tokens if there is none.
import type { TokenCounter } from '../app/tokens/count-tokens.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { RowFlags } from './row-options.ts';

export interface TokenFlags extends RowFlags {
  template: 'auto' | 'model' | 'chatml' | 'alpaca';
  format: string;
  python?: string;
}

/** Null, and said so, if there is no Python environment: the rest can be done without. */
export async function openTokenCounter(
  model: string,
  flags: TokenFlags,
  context: Context,
  onProgress: (done: number, total: number | null) => void,
): Promise<TokenCounter | null> {
  const { createTokenCounter } = await import('../app/tokens/count-tokens.ts');
  const { rowPolicy } = await import('../app/tokens/row-policy.ts');
  const { findWorkspace } = await import('../config/workspace.ts');
  const workspace = await findWorkspace(context.cwd, context.env.HOME).catch(() => null);
  try {
    return await createTokenCounter({
      model,
      policy: rowPolicy({
        format: flags.format,
        template: { kind: flags.template, source: null },
        trainOn: flags.trainOn,
        truncate: flags.truncate,
      }),
      maxLength: flags.maxLength ?? null,
      python: flags.python ?? null,
      workspacePython: workspace?.python ?? null,
      cwd: context.cwd,
      env: context.env,
      onProgress: ({ done, total }) => onProgress(done, total),
    });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'E001') throw error;
    context.exitCode = EXIT.environment;
    context.stderr.write(`tokens are not counted: ${error.message}\n  hint: ${error.hint}\n`);
    return null;
  }
}
