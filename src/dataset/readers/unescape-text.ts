// The text of a JSON string, with the places of its characters in the source.
import { createRewriting } from './offsets.ts';
import type { Offsets } from './raw-row.ts';

/** `source` is one JSON string, quotes included; spaces around it do not matter. */
export function unescapeText(source: string): { text: string; offsets: Offsets } {
  const out = createRewriting();
  let at = source.indexOf('"') + 1;
  for (;;) {
    const plain = nextSign(source, at);
    out.add(source.slice(at, plain), at);
    at = plain;
    if (source[at] !== '\\') break;
    const size = source[at + 1] === 'u' ? 6 : 2;
    out.add(JSON.parse(`"${source.slice(at, at + size)}"`) as string, at);
    at += size;
  }
  return { text: out.text(), offsets: out.offsets() };
}

// The next backslash, or the quote that closes.
function nextSign(source: string, from: number): number {
  const quote = source.indexOf('"', from);
  const slash = source.indexOf('\\', from);
  const end = quote < 0 ? source.length : quote;
  return slash >= 0 && slash < end ? slash : end;
}
