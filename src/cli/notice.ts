import type { Context } from './context.ts';
import { visible } from './ui/paint.ts';

/** Says on stderr, once each, why nothing happens or what could not be done. */
export function noticeOn({ stderr }: Context): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    stderr.write(`note: ${visible(text)}\n`);
  };
}
