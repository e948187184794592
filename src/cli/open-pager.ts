// Shows a text in the user's pager. The words of $PAGER are the program and its arguments; no shell is used.
import { runInTerminal } from '../hosts/terminal-program.ts';
import { editorWords } from './open-editor.ts';

/** Shows `text` in the pager until it is closed; false if the pager cannot be started, so that nothing was shown. */
export async function openPager(
  setting: string,
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const [program, ...args] = editorWords(setting);
  if (!program) return false;
  // As in git and gh: one screen needs no pager, colours are kept, and the text stays on the screen afterwards.
  const defaults = { LESS: 'FRX', LV: '-c' };
  const ended = await runInTerminal({ argv: [program, ...args], env: { ...defaults, ...env }, input: text });
  return ended.unstarted === null || !['ENOENT', 'EACCES'].includes(ended.unstarted);
}
