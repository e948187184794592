// Sentences for a person: broken between words on a terminal, one line elsewhere.
import type { OutputStream } from '../context.ts';
import { wrapLines } from './wrap.ts';

/** Writes `text` and a newline. */
export function say(stream: OutputStream, text: string): void {
  const lines = stream.isTTY ? wrapLines(text, Math.max(stream.columns, 20)) : [text];
  stream.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}
