// Makes the sample datasets of this folder, the same bytes each time: `node datasets/make.mjs`.
// All text is our own. support-triage.jsonl has faults planted on purpose; README.md lists them by line.
import { writeFileSync } from 'node:fs';

const write = (name, text) => writeFileSync(new URL(name, import.meta.url), text);
const lines = (rows) => rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');

/** A small seeded generator (mulberry32), so that the files do not depend on the Node version. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffle(items, seed) {
  const next = random(seed);
  const out = [...items];
  for (let i = out.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

const cross = (...lists) => lists.reduce((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
const user = (content) => ({ role: 'user', content });
const assistant = (content) => ({ role: 'assistant', content });

// ── support-triage.jsonl: short, regular answers that a tiny model learns in a minute ──
const system = { role: 'system', content: 'You sort support tickets.' };
const products = ['router', 'phone', 'laptop', 'printer', 'monitor', 'headset', 'keyboard', 'camera'];
const troubles = [
  ['was charged twice', 'billing', 'high', 'refund'],
  ['shows a wrong amount on the invoice', 'billing', 'normal', 'correct'],
  ['arrived with a broken case', 'returns', 'high', 'replace'],
  ['is the wrong colour', 'returns', 'low', 'exchange'],
  ['has not arrived yet', 'shipping', 'normal', 'track'],
  ['went to my old address', 'shipping', 'high', 'redirect'],
  ['does not switch on', 'technical', 'high', 'repair'],
  ['loses its connection every hour', 'technical', 'normal', 'diagnose'],
  ['needs a manual in my language', 'technical', 'low', 'send'],
];
const openings = ['Hello, my', 'Hi, my', 'Good morning, my', 'My'];
const closings = [' Can you help?', ' Please advise.', ' Thank you.', ''];
const answer = ([, team, urgency, action]) => `team: ${team}; urgency: ${urgency}; action: ${action}`;
const ticket = (product, trouble, opening, closing) => ({
  messages: [system, user(`${opening} ${product} ${trouble[0]}.${closing}`), assistant(answer(trouble))],
});
const tickets = shuffle(cross(products, troubles, openings, closings), 7)
  .slice(0, 210)
  .map((row) => ticket(...row));
const [charged, amount, , colour, late, address, dead] = troubles;
const planted = [
  [13, JSON.stringify(tickets[3])],
  [41, { messages: [system, user('Hi, my camera has not arrived at all.'), assistant('')] }],
  [62, { messages: [system, assistant(answer(charged)), user('Hello, my phone was charged three times.')] }],
  [78, JSON.stringify({ messages: [user('Hello, my laptop stays dark.'), assistant(answer(dead))] }).slice(0, -1)],
  [96, JSON.stringify(tickets[50]).replace('my ', 'my  ').replace('My ', 'My  ')],
  [119, { messages: [system, { role: 'customer', content: 'Hi, my headset is pink.' }, assistant(answer(colour))] }],
  [141, { messages: [system, user('Hi there, my router went to my neighbour.')] }],
  [164, { messages: [system, user('   '), assistant(answer(late))] }],
  [182, { messages: [system, user('My invoice is wrong.'), assistant(answer(amount)), user('Thank you.')] }],
  [200, '["not", "a", "row"]'],
];
for (const [line, row] of planted) tickets.splice(line - 1, 0, row);
write('support-triage.jsonl', lines(tickets));

// ── kitchen-alpaca.json: instruction, input, output ──
const grams = { flour: 120, sugar: 200, rice: 185, butter: 225, oats: 90, honey: 340 };
const measure = (cups) => (cups === 1 ? '1 cup' : `${cups} cups`);
const kitchen = shuffle(cross(Object.keys(grams), [1, 2, 3, 4, 5, 6]), 11).map(([what, cups], i) =>
  i % 3 === 2
    ? { instruction: `How many grams does ${measure(cups)} of ${what} weigh?`, input: '', output: `About ${cups * grams[what]} g.` }
    : {
        instruction: i % 3 ? 'Convert the amount to grams.' : 'Say how much this weighs.',
        input: `${measure(cups)} of ${what}`,
        output: `${measure(cups)} of ${what} is about ${cups * grams[what]} g.`,
      },
);
write('kitchen-alpaca.json', `${JSON.stringify(kitchen, null, 2)}\n`);

// ── library-sharegpt.jsonl: several turns ──
const subjects = { astronomy: ['2', 'blue'], gardening: ['1', 'green'], history: ['3', 'red'], music: ['2', 'yellow'] };
const days = { Monday: '9 to 5', Wednesday: '12 to 8', Friday: '9 to 5', Saturday: '10 to 2' };
const library = shuffle(cross(Object.entries(subjects), Object.entries(days), [0, 1]), 13).map(
  ([[subject, [floor, shelf]], [day, hours], long]) => ({
    conversations: [
      { from: 'system', value: 'You are the desk of a small library.' },
      { from: 'human', value: `Where are the books on ${subject}?` },
      { from: 'gpt', value: `On floor ${floor}, the ${shelf} shelves.` },
      { from: 'human', value: `And when are you open on ${day}?` },
      { from: 'gpt', value: `On ${day} from ${hours}.` },
      ...(long
        ? [
            { from: 'human', value: 'May I take the books home?' },
            { from: 'gpt', value: 'Yes, for four weeks with a library card.' },
          ]
        : []),
    ],
  }),
);
write('library-sharegpt.jsonl', lines(library));

// ── polite-chatml-text.jsonl: raw ChatML in one string ──
const demands = {
  'Send me the file.': 'Could you please send me the file?',
  'Call back.': 'Could you please call me back?',
  'Open the window.': 'Would you mind opening the window?',
  'Fix the report.': 'Could you please correct the report?',
  'Move the meeting.': 'Would it be possible to move the meeting?',
  'Be quiet.': 'Could you please keep your voice down?',
};
const asks = ['Say it politely:', 'Make this friendlier:', 'Rewrite for a colleague:', 'How would a kind person put it?'];
const polite = shuffle(cross(Object.entries(demands), asks), 17).map(([[rude, kind], ask]) => ({
  text: `<|im_start|>user\n${ask}\n${rude}<|im_end|>\n<|im_start|>assistant\n${kind}<|im_end|>\n`,
}));
write('polite-chatml-text.jsonl', lines(polite));

// ── weather-tools.jsonl: chatml with tool calls ──
const weather = { Oslo: [4, 'rain'], Lima: [19, 'fog'], Cairo: [33, 'sun'], Quito: [14, 'clouds'], Perth: [27, 'wind'] };
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ type: 'function', function: { name: 'get_weather', description: 'The weather in a city now.', parameters } }];
const forms = ['What is the weather in CITY?', 'Do I need a coat in CITY?', 'How warm is it in CITY?', 'Tell me about the sky over CITY.'];
const calls = shuffle(cross(Object.entries(weather), forms), 19).map(([[city, [degrees, sky]], form], i) => {
  const id = `call_${i + 1}`;
  return {
    messages: [
      user(form.replace('CITY', city)),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: { city } } }],
      },
      { role: 'tool', tool_call_id: id, content: JSON.stringify({ degrees, sky }) },
      assistant(`It is ${degrees} °C in ${city}, with ${sky}.`),
    ],
    tools,
  };
});
write('weather-tools.jsonl', lines(calls));
