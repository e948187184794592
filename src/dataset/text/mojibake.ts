// UTF-8 that was read as Windows-1252 or Latin-1: `Ã©` for é, `â€™` for ’. Found by decoding it back.
import { unitAt } from './unit-at.ts';

/** The bytes 80 to 9F of Windows-1252, by the character they show. */
const windows = new Map(
  [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'].map((sign, i) => [
    sign.charCodeAt(0),
    0x80 + i,
  ]),
);

export interface Mojibake {
  from: number;
  to: number;
  /** What stood there before the damage. */
  text: string;
}

/**
 * The damaged part of a text, from its first to its last damaged character, and what it was. Null if nothing decodes
 * back, or so little that it may be meant: single pairs count only if the first is Â, Ã, â or ð.
 */
export function findMojibake(text: string): Mojibake | null {
  let from = -1;
  let to = 0;
  let mended = '';
  let sure = false;
  let sequences = 0;
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const code = unitAt(text, at);
    const length = code < 0xc2 || code > 0xf4 ? 0 : sequenceAt(text, at, code);
    if (length === 0) continue;
    if (from < 0) from = at;
    mended += text.slice(to === 0 ? at : to, at) + decode(text, at, length);
    to = at + length;
    sequences += 1;
    sure ||= code === 0xc2 || code === 0xc3 || code === 0xe2 || code === 0xf0;
    at = to - 1;
  }
  if (from < 0 || (!sure && sequences < 3)) return null;
  const again = findMojibake(mended);
  if (!again) return { from, to, text: mended };
  return { from, to, text: mended.slice(0, again.from) + again.text + mended.slice(again.to) };
}

// How many units the UTF-8 sequence has that starts with this lead byte; 0 if it is none.
function sequenceAt(text: string, at: number, lead: number): number {
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > text.length) return 0;
  for (let i = 1; i < length; i += 1) if (trailByte(unitAt(text, at + i)) < 0) return 0;
  const second = trailByte(unitAt(text, at + 1));
  // Overlong forms, surrogates, and what is beyond Unicode.
  if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return 0;
  if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return 0;
  return length;
}

function trailByte(code: number): number {
  if (code >= 0x80 && code <= 0xbf) return code;
  const byte = windows.get(code);
  return byte ?? -1;
}

function decode(text: string, at: number, length: number): string {
  const bytes = [unitAt(text, at)];
  for (let i = 1; i < length; i += 1) bytes.push(trailByte(unitAt(text, at + i)));
  return Buffer.from(bytes).toString('utf8');
}
