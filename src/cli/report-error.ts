// The only place that turns a thrown error into a message and an exit code.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedactor } from '../diagnostics/secrets.ts';
import { systemFailure } from '../diagnostics/system-failure.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { storeFailure } from '../store/store-errors.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { renderFindings } from './ui/diagnostic.ts';
import { paint, visible } from './ui/paint.ts';

/** Prints `error` on stderr and says what the process exits with. */
export async function reportError(thrown: unknown, context: Context): Promise<ExitCode> {
  // A full disk or a locked database is not a bug in lorch, so no stack is shown.
  const error = storeFailure(thrown) ?? systemFailure(thrown) ?? thrown;
  const { stderr } = context;
  const ink = paint(stderr.color);
  if (error instanceof UserError) {
    const named = (text: string): string => visible(fromHere(text, context.cwd));
    if (error.findings.length > 0) stderr.write(renderFindings(error.findings, stderr));
    stderr.write(`${ink.red('error')} ${ink.bold(error.code)} ${named(error.message)}\n`);
    if (error.hint) stderr.write(`  ${ink.cyan('hint:')} ${named(error.hint)}\n`);
    if (context.debug && error.stack) stderr.write(`${error.stack}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error instanceof Error ? error.message : String(error);
  // Arrays with data of all rows of a scan fail like this.
  if (error instanceof RangeError && error.message.startsWith('Array buffer allocation failed')) {
    stderr.write(`${ink.red('error:')} no memory is left\n`);
    stderr.write(`  ${ink.cyan('hint:')} read fewer files at a time, or use a machine with more memory\n`);
    return EXIT.environment;
  }
  stderr.write(
    `${ink.red('bug')} lorch failed in a way it should not: ${visible(message.split('\n')[0] ?? '')}\n`,
  );
  if (context.debug) stderr.write(`${stack}\n`);
  else {
    const log = await keepStack(stack, context).catch(() => null);
    stderr.write(log ? `  The stack is in ${log}; --debug shows it here.\n` : `${stack}\n`);
  }
  return EXIT.bug;
}

// Paths below the current folder as one would type them.
function fromHere(text: string, cwd: string): string {
  const below = `${cwd}/`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return cwd === '/' ? text : text.replace(new RegExp(`(?<![\\w./-])${below}`, 'g'), '');
}

async function keepStack(stack: string, context: Context): Promise<string> {
  const { env } = context;
  const name = `crash-${context.now()}-${randomBytes(4).toString('hex')}.log`;
  const text = `${createRedactor(env)(stack)}\n`;
  const state = env.XDG_STATE_HOME || (env.HOME && join(env.HOME, '.local', 'state'));
  // Never use a predictable name in a folder that other users can write to.
  const write = async (folder: string): Promise<string> => {
    await writeFile(join(folder, name), text, { flag: 'wx', mode: 0o600 });
    return join(folder, name);
  };
  if (state) {
    const own = join(state, 'lorch');
    const made = await mkdir(own, { recursive: true, mode: 0o700 })
      .then(() => write(own))
      .catch(() => null);
    if (made !== null) return made;
  }
  return await write(await mkdtemp(join(tmpdir(), 'lorch-crash-')));
}
