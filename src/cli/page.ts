// A result that is longer than the terminal goes through the user's pager, as in git and gh.
import type { Context } from './context.ts';

/** Writes `text` to stdout, through $LORCH_PAGER, $PAGER or less if a terminal has too few lines for it. */
export async function page(context: Context, text: string): Promise<void> {
  const { stdout, env } = context;
  const setting = env.LORCH_PAGER ?? env.PAGER ?? 'less';
  const fits = text.split('\n').length <= (stdout.rows ?? Number.POSITIVE_INFINITY);
  if (!stdout.isTTY || fits || env.TERM === 'dumb' || ['', 'cat'].includes(setting.trim()))
    return stdout.write(text);
  const { openPager } = await import('./open-pager.ts');
  // Ctrl-C in a pager ends a search there and must not end this command.
  const release = context.onInterrupt(() => undefined);
  try {
    if (!(await openPager(setting, text, env))) stdout.write(text);
  } finally {
    release();
  }
}
