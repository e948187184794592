// Rows like those of public instruction sets, the same on every machine, with planted duplicates.
// node bench/generate-rows.mjs --rows 52000 --seed 1 --format alpaca|chatml --out FILE
// Of a thousand rows 10 repeat an earlier one, 3 differ from one in case and punctuation, 10 have about one word in twenty
// edited, 3 have another answer, and 2 other numbers. One sentence in thirty holds letters beyond ASCII.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Rows one after another: `{instruction, input, output}`. */
export function* generateRows(count, seed) {
  const random = randomFrom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const vocabulary = Array.from({ length: 20_000 }, (_, rank) => makeWord(random, rank));
  // Zipf: the k-th word is chosen in proportion to 1/k.
  const word = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1];
  const phrase = () => Array.from({ length: 3 + Math.floor(random() * 6) }, word).join(' ');
  // People repeat themselves: half of all text is made of phrases that stand in many rows.
  const phrases = Array.from({ length: 6_000 }, phrase);
  const openings = Array.from({ length: 300 }, phrase);
  const commonPhrase = () => phrases[Math.floor(phrases.length * random() ** 2)];
  const accents = [
    'naïve',
    'café',
    '“so”',
    'Straße',
    '中文句子',
    '日本語の文',
    '😀',
    '½',
    'ﬁne',
    '–',
    'İzmir',
    '10°',
  ];

  const sentence = (words) => {
    const parts = [];
    for (let n = 0; n < words; ) {
      const part = random() < 0.5 ? commonPhrase() : phrase();
      parts.push(part);
      n += part.split(' ').length;
    }
    if (random() < 0.15) parts.push(String(Math.floor(random() * 1000)));
    if (random() < 0.03) parts.push(pick(accents));
    const text = parts.join(random() < 0.3 ? ', ' : ' ');
    return `${text[0].toUpperCase()}${text.slice(1)}${random() < 0.9 ? '.' : '?'}`;
  };
  const paragraph = (words) => {
    const sentences = [];
    for (let n = 0; n < words; n += 12) sentences.push(sentence(Math.min(12, words - n)));
    return sentences.join(random() < 0.2 ? '\n' : ' ');
  };
  // Few long answers, many short ones.
  const length = (middle) => Math.ceil(middle * Math.exp((random() + random() + random() - 1.5) * 1.2));
  const fresh = () => ({
    instruction: `${pick(openings)} ${sentence(length(6))}`,
    input: random() < 0.4 ? paragraph(length(9)) : '',
    output: random() < 0.06 ? word() : paragraph(length(21)),
  });

  const edit = (text, share, change) =>
    text.replace(/\S+/g, (each) => (random() < share ? change(each) : each));
  const everywhere = (row, change) => ({
    instruction: change(row.instruction),
    input: change(row.input),
    output: change(row.output),
  });
  const copies = [
    [0.01, (row) => row],
    [0.003, (row) => everywhere(row, (text) => edit(text.toUpperCase(), 0.1, (each) => `${each}!`))],
    [0.01, (row) => everywhere(row, (text) => edit(text, 0.05, word))],
    [0.003, (row) => ({ ...row, output: edit(row.output, 0.05, word) })],
    [0.002, (row) => everywhere(row, (text) => text.replace(/\d+/g, () => Math.floor(random() * 1000)))],
  ];
  const earlier = [];
  for (let i = 0; i < count; i += 1) {
    let row;
    if (earlier.length > 50) {
      let at = random();
      for (const [share, copy] of copies) {
        if (at < share) {
          row = copy(pick(earlier));
          break;
        }
        at -= share;
      }
    }
    row ??= fresh();
    if (earlier.length < 20_000) earlier.push(row);
    else if (random() < 0.2) earlier[Math.floor(random() * earlier.length)] = row;
    yield row;
  }
}

/** One row as a line of JSON. */
export function rowLine({ instruction, input, output }, format) {
  if (format === 'alpaca') return JSON.stringify({ instruction, input, output });
  const content = input === '' ? instruction : `${instruction}\n\n${input}`;
  return JSON.stringify({
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: output },
    ],
  });
}

/** Writes a file of rows. */
export async function writeRows(path, { rows, seed, format }) {
  const out = createWriteStream(path);
  let text = '';
  for (const row of generateRows(rows, seed)) {
    text += `${rowLine(row, format)}\n`;
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await finished(out);
}

// Frequent words are short.
function makeWord(random, rank) {
  const length = Math.min(2, Math.log10(rank + 1)) + 2 + Math.floor((random() + random()) * 3);
  return Array.from(
    { length: Math.floor(length) },
    () => 'etaoinshrdlcumwfgypbvk'[Math.floor(random() * 22)],
  ).join('');
}

// Mulberry32, public domain.
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '52000' },
      seed: { type: 'string', default: '1' },
      format: { type: 'string', default: 'alpaca' },
      out: { type: 'string' },
    },
  });
  if (!values.out || !['alpaca', 'chatml'].includes(values.format))
    throw new Error('node bench/generate-rows.mjs --rows 52000 --seed 1 --format alpaca|chatml --out FILE');
  await writeRows(values.out, {
    rows: Number(values.rows),
    seed: Number(values.seed),
    format: values.format,
  });
}
