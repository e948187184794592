// duplicate_key decides whether two rows are duplicates. Unlike the fingerprint, it ignores some differences.
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example, Message, Role } from '../example.ts';
import { type Key, murmur3 } from './murmur3.ts';
import { keyText } from './same-text.ts';

/**
 * 128 bits over roles, texts (as same-text.ts has them), tool calls (without their ids), tools, trained turns and
 * preference answers. Rows with equal keys are dropped, so keys are equal only if no reader would see a difference.
 */
export function duplicateKey(example: Example): Key {
  size = 0;
  putMessages(example.messages, 0);
  if (example.chosen) putMessages(example.chosen, 1);
  if (example.rejected) putMessages(example.rejected, 2);
  if (example.tools) {
    putLength(0);
    putPlain(canonicalJson(example.tools));
    bytes[size++] = toolsHeader;
  }
  const blocks = (size + 15) >> 4;
  bytes.fill(0, size, blocks * 16);
  return murmur3(words, blocks, size);
}

// Every message is written so that it can be parsed from its end: text in UTF-8, its length, the rest as
// JSON, its length, and a header with role, list and flags. native/rows.c writes the same bytes.
function putMessages(messages: readonly Message[], list: number): void {
  for (let i = 0; i < messages.length; i += 1) {
    const message = messages[i] as Message;
    const content = textOf(message.content);
    putText(content ?? '');
    const { reasoning_content: reasoning, tool_calls: calls, name } = message;
    if (reasoning !== undefined || calls !== undefined || name !== undefined)
      putPlain(
        canonicalJson([name ?? null, keyText(reasoning ?? ''), calls?.map((call) => call.function) ?? []]),
      );
    else putLength(0);
    bytes[size++] =
      roleNumbers[message.role] + list * 8 + (message.train === false ? 32 : 0) + (content === null ? 64 : 0);
  }
}

const roleNumbers: Record<Role, number> = {
  system: 0,
  developer: 1,
  user: 2,
  assistant: 3,
  tool: 4,
  document: 5,
};
const toolsHeader = 128;

let bytes = Buffer.alloc(1 << 16);
let words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
let size = 0;

function reserve(more: number): void {
  // Additional space for lengths, header and the padding of the last block.
  if (size + more + 32 <= bytes.length) return;
  const bigger = Buffer.alloc(Math.max(bytes.length * 2, (size + more + 47) & ~15));
  bigger.set(bytes.subarray(0, size));
  bytes = bigger;
  words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

// Most texts are ASCII and need no change. One step per byte finds that out: `steps` gives the next state by the
// current state and the kind of the byte.
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 32) return 1;
  if (byte === 10) return 2;
  if (byte === 9) return 3;
  return byte > 127 || (byte > 10 && byte < 14) ? 4 : 0;
});
const [start, inWord, inGap, newLine, blankLine, indent, other] = [0, 1, 2, 3, 4, 5, 6];
const steps = Uint8Array.from(
  // Kinds of bytes: no white space, a space, a line break, a tab, anything that needs a closer look.
  [
    [inWord, other, other, other, other],
    [inWord, inGap, newLine, other, other],
    [inWord, other, other, other, other],
    [inWord, indent, blankLine, indent, other],
    [inWord, indent, other, indent, other],
    [inWord, indent, other, indent, other],
    [other, other, other, other, other],
  ].flatMap((row) => [...row, other, other, other]),
);

function putText(text: string): void {
  reserve(text.length * 3);
  const from = size;
  const end = from + bytes.write(text, from);
  let state = start;
  for (let i = from; i < end; i += 1)
    state = steps[state * 8 + (kinds[bytes[i] as number] as number)] as number;
  if (state === inWord || end === from) {
    size = end;
    putLength(size - from);
  } else putPlain(keyText(text));
}

const half = /\p{Surrogate}/u;

function putPlain(text: string): void {
  reserve(text.length * 3 + 1);
  const start = size;
  // Half a surrogate pair has no UTF-8, so write it after 0xff, which never occurs in UTF-8.
  if (half.test(text)) {
    bytes[size++] = 0xff;
    size += bytes.write(text, size, 'utf16le');
  } else size += bytes.write(text, size);
  putLength(size - start);
}

function putLength(length: number): void {
  bytes.writeUInt32LE(length, size);
  size += 4;
}
