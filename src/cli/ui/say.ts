// Sentences for a person: broken between words on a terminal, one line elsewhere.
import type { OutputStream } from '../context.ts';
import { fitText } from './wrap.ts';

/** Writes `text` and a newline. */
export function say(stream: OutputStream, text: string): void {
  stream.write(`${fitText(text, stream)}\n`);
}
