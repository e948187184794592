// Token counts in addition to what a data command counts. Without a Python environment, it says so and continues without them.
import type { TokenCounter } from '../app/tokens/count-tokens.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { RowFlags } from './row-options.ts';

export interface TokenFlags extends RowFlags {
  tokenizer?: string;
  template: 'auto' | 'model' | 'chatml' | 'alpaca';
  format: string;
  python?: string;
}

/** Null without `--tokenizer`, and if there is no Python environment to count with. */
export async function countTokens(
  context: Context,
  flags: TokenFlags,
  onProgress: (done: number, total: number | null) => void,
): Promise<TokenCounter | null> {
  if (!flags.tokenizer) return null;
  const { openTokenCounter } = await import('../app/tokens/open-token-counter.ts');
  const { UserError } = await import('../diagnostics/user-error.ts');
  const { cwd, env, stderr } = context;
  const counter = await openTokenCounter({
    model: flags.tokenizer,
    format: flags.format,
    template: flags.template,
    trainOn: flags.trainOn,
    truncate: flags.truncate,
    maxLength: flags.maxLength ?? null,
    python: flags.python ?? null,
    cwd,
    env,
    onProgress,
  });
  if (!(counter instanceof UserError)) return counter;
  context.exitCode = EXIT.environment;
  stderr.write(`tokens are not counted: ${counter.message}\n  hint: ${counter.hint}\n`);
  return null;
}
