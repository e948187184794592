import type { Context } from './context.ts';
import { visible } from './ui/paint.ts';

/** Prints each notice once on stderr: why nothing happens, or what failed. */
export function noticeOn({ stderr }: Context): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    stderr.write(`note: ${visible(text)}\n`);
  };
}
