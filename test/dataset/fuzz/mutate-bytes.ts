// A file with something wrong in its bytes.
import type { Random } from './random.ts';

type Mutation = (bytes: Buffer, random: Random, other: () => Buffer) => Buffer;

const around = (bytes: Buffer, random: Random): [number, number] => {
  const from = random.int(bytes.length + 1);
  return [from, Math.min(bytes.length, from + random.int(random.chance(0.8) ? 4 : 200))];
};

const inserts = [
  '\n',
  '\r\n',
  '\r',
  '\0',
  '\ufeff',
  ',',
  '[',
  ']',
  '{',
  '}',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  ' ',
  '\t',
  '\u2028',
  ']\n[',
  '}{',
  '\n\n\n',
  '//',
  'null',
  '\u0085',
].map((text) => Buffer.from(text));

const mutations: Mutation[] = [
  // flip
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let i = random.int(4) + 1; i > 0 && copy.length > 0; i -= 1)
      copy[random.int(copy.length)] = random.int(256);
    return copy;
  },
  // insert
  (bytes, random) => {
    const [at] = around(bytes, random);
    const put = random.chance(0.5) ? random.pick(inserts) : Buffer.from([random.int(256), random.int(256)]);
    return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at)]);
  },
  // delete
  (bytes, random) => {
    const [from, to] = around(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // truncate, at either end
  (bytes, random) =>
    random.chance(0.7)
      ? bytes.subarray(0, random.int(bytes.length + 1))
      : bytes.subarray(random.int(bytes.length + 1)),
  // splice with another file
  (bytes, random, other) => {
    const [from, to] = around(bytes, random);
    const more = other();
    const [start] = around(more, random);
    return Buffer.concat([bytes.subarray(0, from), more.subarray(start), bytes.subarray(to)]);
  },
  // duplicate, drop or swap lines
  (bytes, random) => {
    const lines = bytes.toString('latin1').split('\n');
    const at = random.int(lines.length);
    const what = random.int(3);
    if (what === 0) lines.splice(at, 0, lines[at] ?? '', lines[random.int(lines.length)] ?? '');
    else if (what === 1) lines.splice(at, 1);
    else lines.reverse();
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  // another encoding, a byte order mark, other line ends
  (bytes, random) => {
    const text = bytes.toString('utf8');
    return random.pick([
      () => Buffer.from(`\ufeff${text}`, 'utf8'),
      () => Buffer.from(text, 'utf16le'),
      () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
      () => Buffer.from(text, 'latin1'),
      () => Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8'),
      () => Buffer.from(text.replaceAll('\n', '\r'), 'utf8'),
      () => Buffer.from(`${text}\n\n \n`, 'utf8'),
    ])();
  },
];

/** `times` mutations of the bytes; `other` gives another file to splice with. */
export function mutateBytes(bytes: Buffer, times: number, random: Random, other: () => Buffer): Buffer {
  let changed = bytes;
  for (let i = 0; i < times; i += 1) changed = random.pick(mutations)(changed, random, other);
  return changed;
}
