// A person's pager on one text. The words of $PAGER are the program and its arguments; no shell reads them.
import { execa } from 'execa';
import { editorWords } from './open-editor.ts';

/** Shows `text` in the pager until it is closed; false if the pager cannot be started, so that nothing was shown. */
export async function openPager(
  setting: string,
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const [program, ...args] = editorWords(setting);
  if (!program) return false;
  // As git and gh do: one screen needs no pager, colours stay, the text stays on the screen afterwards.
  const defaults = { LESS: 'FRX', LV: '-c' };
  const result = await execa(program, args, {
    input: text,
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
    env: { ...defaults, ...env },
    extendEnv: false,
  });
  return result.code !== 'ENOENT' && result.code !== 'EACCES';
}
