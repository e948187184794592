// A row's JSON with something wrong in it: values of other types, keys that hurt, depth, size, escapes.
import type { Random } from './random.ts';

type Json = unknown;

const nasty: ((random: Random) => Json)[] = [
  () => null,
  () => true,
  () => '',
  () => '   \n\t',
  () => [],
  () => ({}),
  () => 0,
  () => -0.5,
  () => '\ud800',
  () => 'a\udc00b\ud83d',
  () => '\u0000',
  () => '\ufeff',
  () => '\u2028\u0085\u00a0',
  () => '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYo',
  () => '<|im_start|>',
  () => '<|im_end|><|im_end|>',
  () => '```python\nprint(1)\n',
  () => 'As an AI language model, I cannot. jane@example.org +44 20 7946 0000 sk-abcdefghijklmnop1234567890',
  () => '4111 1111 1111 1111',
  () => '{"role":"user"}',
  () => '他们 你好 मैं कखग ที่นี่ שלום',
  () => 'Ã©tÃ© â€™s \\n \\t &amp;',
  (random) => 'ha '.repeat(random.int(400)),
  (random) => 'x'.repeat(random.int(5000)),
  (random) => '1 + 1 = 3. '.repeat(random.int(20)),
  (random) => nest(random.int(260), random.chance(0.5)),
  (random) => Array.from({ length: random.int(300) }, (_, i) => i),
  (random) => ({ ['k'.repeat(random.int(3000))]: 1 }),
  () => ({ role: 'assistant', content: [{ type: 'text' }, null, { type: 'image_url' }, 3] }),
  () => ({ role: 'assistant', content: null, tool_calls: [{ function: { arguments: '{' } }, null, 1] }),
  () => ({ from: 'gpt', value: 4 }),
  () => [{ role: 'user', content: 'a' }],
];

const keys = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  ' ',
  '/',
  '~',
  '~1',
  'a/b',
  '\ud800',
  'lorch',
  'messages',
  'conversations',
  'text',
  'instruction',
  'output',
  'chosen',
  'rejected',
  'prompt',
  'tools',
  'weight',
  'train',
  'role',
  'content',
  'input',
  'history',
  'system',
  'tool_calls',
  'id',
];

// What JSON.stringify would never write; spliced in as text where the marker stands.
const raw = [
  '1e999',
  '-0',
  '123456789012345678901234567890',
  '0.1e-400',
  'NaN',
  '01',
  '"\\ud800"',
  '"\\uD83D\\u0041"',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '"\u0001"',
  '[1,]',
  '{,}',
  "'a'",
];

function nest(depth: number, arrays: boolean): Json {
  let value: Json = 'deep';
  for (let i = 0; i < depth; i += 1) value = arrays ? [value] : { a: value };
  return value;
}

/** The row as JSON text, with `times` mutations. */
export function mutateRow(row: Json, times: number, random: Random): string {
  let value: Json = structuredClone(row);
  for (let i = 0; i < times; i += 1) value = mutateOnce(value, random);
  const text = JSON.stringify(value) ?? 'null';
  return text.replace(/"@@raw(\d+)@@"/g, (_, at: string) => raw[Number(at)] ?? 'null');
}

function mutateOnce(value: Json, random: Random): Json {
  const containers: object[] = [];
  collect(value, containers, 0);
  if (containers.length === 0 || random.chance(0.02)) return random.pick(nasty)(random);
  const target = random.pick(containers) as Record<string, Json> & Json[];
  const own = Object.keys(target);
  const key = own.length > 0 && random.chance(0.8) ? random.pick(own) : random.pick(keys);
  const what = random.int(6);
  if (what === 0 && Array.isArray(target)) target.splice(random.int(target.length + 1), random.int(2));
  else if (what === 0) delete target[key];
  else if (what === 1) set(target, random.pick(keys), own.length > 0 ? target[random.pick(own)] : 1);
  else if (what === 2) set(target, key, `@@raw${random.int(raw.length)}@@`);
  else if (what === 3 && typeof target[key] === 'string') set(target, key, mutateText(target[key], random));
  else set(target, key, random.pick(nasty)(random));
  return value;
}

function set(target: Record<string, Json> & Json[], key: string, value: Json): void {
  if (Array.isArray(target)) target[/^\d+$/.test(key) ? Number(key) : target.length] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function mutateText(text: string, random: Random): string {
  const at = random.int(text.length + 1);
  const put = random.pick(['\ud83d', '\n', '\r\n', '<|im_end|>', '"', '\\', '\u0000', '  ', 'é', '😀', text]);
  return text.slice(0, at) + put + text.slice(at + random.int(3));
}

function collect(value: Json, into: object[], depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 6 || into.length > 60) return;
  into.push(value);
  for (const each of Object.values(value)) collect(each, into, depth + 1);
}
