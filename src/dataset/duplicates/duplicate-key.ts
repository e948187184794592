// duplicate_key: what makes two rows duplicates. Another thing than the fingerprint, which forgives nothing.
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example, Message, Role } from '../example.ts';
import { type Key, murmur3 } from './murmur3.ts';

/**
 * 128 bits over roles, normalised texts, tool calls (without their ids), tools, trained turns and preference answers.
 * Texts are brought to Unicode NFC, runs of white space become one space, and ends are trimmed. Letter case stays: rows
 * are dropped on this key, so it joins only what no reader would tell apart.
 */
export function duplicateKey(example: Example): Key {
  size = 0;
  putMessages(example.messages, 0);
  if (example.chosen) putMessages(example.chosen, 1);
  if (example.rejected) putMessages(example.rejected, 2);
  if (example.tools) {
    putText('');
    putPlain(canonicalJson(example.tools));
    units[size++] = toolsHeader;
  }
  const blocks = (size + 7) >> 3;
  units.fill(0, size, blocks * 8);
  return murmur3(words, blocks, size * 2);
}

// Every message is written so that it can be told apart when read from its end: text, its length, the rest as JSON, its
// length, and a header of role, list and flags.
function putMessages(messages: readonly Message[], list: number): void {
  for (let i = 0; i < messages.length; i += 1) {
    const message = messages[i] as Message;
    const content = textOf(message.content);
    putText(content ?? '');
    const { reasoning_content: reasoning, tool_calls: calls, name } = message;
    if (reasoning !== undefined || calls !== undefined || name !== undefined)
      putPlain(
        canonicalJson([
          name ?? null,
          foldSpace((reasoning ?? '').normalize('NFC')),
          calls?.map((call) => call.function) ?? [],
        ]),
      );
    else putLength(0);
    units[size++] =
      roleNumbers[message.role] + list * 8 + (message.train === false ? 32 : 0) + (content === null ? 64 : 0);
  }
}

const roleNumbers: Record<Role, number> = { system: 0, developer: 1, user: 2, assistant: 3, tool: 4 };
const toolsHeader = 128;

let units = new Uint16Array(1 << 16);
let words = new Uint32Array(units.buffer);
let size = 0;

function reserve(more: number): void {
  // Eight for lengths, header and padding of the last block.
  if (size + more + 16 <= units.length) return;
  const bigger = new Uint16Array(Math.max(units.length * 2, (size + more + 16 + 7) & ~7));
  bigger.set(units.subarray(0, size));
  units = bigger;
  words = new Uint32Array(bigger.buffer);
}

// The hot loop: one pass over the units, white space folded on the way.
function putText(text: string): void {
  reserve(text.length);
  const to = units;
  const start = size;
  let at = start;
  let gap = false;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 127) {
      putUnicode(text);
      return;
    }
    if (unit === 32 || (unit < 14 && unit > 8)) gap = true;
    else {
      if (gap) {
        if (at > start) to[at++] = 32;
        gap = false;
      }
      to[at++] = unit;
    }
  }
  size = at;
  putLength(at - start);
}

function putUnicode(text: string): void {
  putPlain(foldSpace(text.normalize('NFC')));
}

function putPlain(text: string): void {
  reserve(text.length);
  for (let i = 0; i < text.length; i += 1) units[size + i] = text.charCodeAt(i);
  size += text.length;
  putLength(text.length);
}

function putLength(length: number): void {
  units[size] = length & 0xffff;
  units[size + 1] = length >>> 16;
  size += 2;
}

function foldSpace(text: string): string {
  return text.replace(/[^\S ]\s*| \s+/g, ' ').trim();
}
