// What the checks of content tell apart: rows that look like a fault and are none, and faults in unusual dress.
import { describe, expect, it } from 'vitest';
import { scanText } from '../scan-text.ts';

type Row = Record<string, unknown>;

const ask = (instruction: string, output: string, input = ''): Row => ({ instruction, input, output });
const chat = (...turns: [role: string, content: string, more?: Row][]): Row => ({
  messages: turns.map(([role, content, more]) => ({ role, content, ...more })),
});

async function codesOf(row: Row): Promise<string[]> {
  const { findings } = await scanText(JSON.stringify(row));
  return [...new Set(findings.map(({ code }) => code))];
}

const silent: [what: string, row: Row][] = [
  ['a one-word label', ask('Is the review positive or negative?', 'negative', 'I loathe it.')],
  [
    '"None" where the prompt offers it',
    ask('Which colour is named? Say none if none is.', 'None', 'A cat sat.'),
  ],
  ['"no" as an answer', ask('Is a whale a fish?', 'No')],
  [
    'null as a value under discussion',
    ask('What does JSON.parse give for this value?', 'It gives null.', 'null'),
  ],
  [
    'a courtesy that answers a courtesy',
    chat(['user', 'Hello there, good morning to you!'], ['assistant', 'Hello!']),
  ],
  [
    'a promise before a tool call',
    {
      messages: [
        { role: 'user', content: 'What is the weather like in Oslo?' },
        {
          role: 'assistant',
          content: 'Sure!',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'rain' },
        { role: 'assistant', content: 'It rains in Oslo.' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
    },
  ],
  [
    'an answer that is not trained on',
    chat(
      ['user', 'Write a long poem about rain.'],
      ['assistant', 'Sure!', { weight: 0 }],
      ['user', 'Go on, write it.'],
      ['assistant', 'Rain falls on the roof.'],
    ),
  ],
  ['JSON with a key in braces', ask('Give me the record as JSON.', '{"name": "Ann"}')],
  [
    'a fence inside a list',
    ask('How do I print?', '1. Open a shell.\n2. Run\n   ```\n   print 1\n   ```\n3. Done.'),
  ],
  ['a fence with a longer fence around', ask('Show a fence in Markdown.', '````\n```js\nlet a;\n```\n````')],
  [
    'bold text at the start of lines with bullets',
    ask('Name two trees.', '- Oak\n- Ash\n\n**Note:** both are old.'),
  ],
  ['a list of bullets inside numbers', ask('Plan it.', '1. Pack\n   - socks\n   - soap\n2. Go')],
  [
    'a sentence to be completed, completed',
    ask('Complete the sentence: The sea at night is very', 'The sea at night is very calm.'),
  ],
  [
    'an answer that ends with a colon and its list',
    ask('What do I need for tea?', 'You need these:\n- water\n- leaves'),
  ],
  [
    'an answer that ends with a code line',
    ask('How do I leave a loop in Python?', 'Use break:\n\nfor i in range(9):\n    break'),
  ],
  [
    'an emoticon with an open bracket',
    ask('How are you feeling about the result?', 'I am a bit sad about all of it :('),
  ],
  [
    'a heading per line, no full stops',
    ask('Give me an outline of the talk.', 'Introduction\nMethods and their history\nThe end'),
  ],
  [
    'a sentence that ends with one capital letter',
    ask('Compare both in three sentences.', 'An apple is round. Both hold vitamin C. Oranges are sour.'),
  ],
  [
    'a topic taken up by the first sentence',
    ask('low-maintenance houseplants', 'Low-maintenance houseplants are hard to kill.'),
  ],
  ['a ruler', ask('How do I part two texts?', `Here: ${'-'.repeat(300)}`)],
  [
    'a refrain in a song',
    ask('Write a song.', 'Row, row the boat down the river to the wide and open sea.\n'.repeat(4).trim()),
  ],
  [
    'similar sentences',
    ask(
      'Give three facts.',
      'The oak is a tall tree of the north. The ash is a tall tree of the north, too. The elm is a tall tree of the south.',
    ),
  ],
  ['accents that are meant', ask('Say it in French.', 'Le garçon a été là où ça gèle, « près » du hêtre.')],
  ['upper-case accents before quotes', ask('Quote the sign.', 'Es steht „Ä“ da, und »É« daneben, NÃO mais.')],
  [
    'LaTeX with n, t and r commands',
    ask('State it.', 'We have \\nabla f \\times g \\to \\rho, and \\theta \\neq 0.'),
  ],
  ['a Windows path', ask('Where is it?', 'It is in C:\\Users\\Nina\\Texts, or in D:\\temp.')],
  ['a comparison with < and >', ask('Order them.', 'a < b and b > c, and 3<5 too.')],
  ['an ampersand in a name', ask('Name a shop.', 'Marks & Spencer, or B&Q; both are large.')],
  ['a joiner in an emoji', ask('Send a family.', 'Here: 👨\u200d👩\u200d👧.')],
  ['units after a no-break space', ask('How far is it?', 'It is 12\u00a0km, or 7\u00a0€.')],
  [
    'an English word in a Chinese answer',
    ask('请介绍一下你最喜欢的编辑器和理由。', '我最喜欢的编辑器是 Visual Studio Code，因为它很快。'),
  ],
  [
    'a translation',
    ask(
      'Translate into German.',
      'Das Wetter ist heute schön, und die Kinder spielen auf der Straße im Park.',
      'The weather is nice today, and the children play in the street by the park.',
    ),
  ],
  [
    'Greek letters in a formula',
    ask('State the law.', 'ΔU = Q − W, where Δx is the path and μ the friction.'),
  ],
  [
    'a Latin abbreviation with a Cyrillic ending',
    ask('Скажи это.', 'Отправь SMSку на мой телефон, пожалуйста.'),
  ],
  ['a made-up key', ask('Where do I put the key?', 'Set KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx in the file.')],
  ['a slug as long as a key', ask('Name the page.', 'See the-long-and-winding-road-to-nowhere-at-all-2024.')],
  ['a number of 16 digits that is no card', ask('Name a number.', '4539 1488 0343 6468')],
  ['a fictional phone', ask('Whom do I call?', 'Call 212-555-0147.')],
  ['a free number', ask('Whom do I call?', 'Call 1-800-273-8255.')],
  ['a date and a version', ask('When was it?', 'On 2024-03-15 at 10:30, version 2.10.4.1.')],
  ['a private address', ask('Which address has the router?', 'It has 192.168.0.1.')],
  ['rounded division', ask('Split the bill.', 'Each pays 100 / 3 = 33.33, or 2/3 = 0.67 of it.')],
  ['an equation with an unknown', ask('Solve it.', '5x-28=157, so 2(x+1) = 76 and x = 37.')],
  ['a percentage', ask('What is the share?', 'That is 20% * 50 = 10, and 50 * 20% = 10.')],
  ['thousands with a space', ask('How much is it?', 'It is 600 x 30 = 18 000 in all.')],
  ['cents for dollars', ask('How many cents?', 'That is $1.50 - $1.20 = 30 cents.')],
  ['a rounded mean', ask('What is the mean of 1, 2, 2?', 'It is about 1.67.')],
  ['a median of an even list', ask('Find the median.', 'The median is 4.5.', '1, 4, 5, 9')],
  [
    'a list that names both ends to sort between',
    ask('Sort from the largest to the smallest.', '9, 5, 4, 1', '1, 4, 5, 9'),
  ],
  ['at least so many', ask('List at least three trees.', '1. Oak\n2. Ash\n3. Elm\n4. Fir')],
  ['items with a comma and a pair', ask('List three dishes.', 'Salt and pepper squid, fish and chips, soup')],
  [
    'sentences with abbreviations',
    ask(
      'Describe him in two sentences.',
      'Dr. A. Roe lives in the U.S. with a cat. He reads, e.g. at night.',
    ),
  ],
  ['a picture that is to be made', ask('Write a caption for the picture of a dog.', 'Best friend.')],
  [
    'a chart given as text',
    ask('What does this chart show?', 'Sales rise.', 'January 10, February 20, March 30 units sold'),
  ],
  ['a question about a URL', ask('Is this a valid URL?', 'Yes.', 'https://news.site.org/a')],
  [
    'an interview that was asked for',
    ask('Write an interview with a user.', 'User: I like it.\nAssistant: Why?'),
  ],
  [
    'a letter that offers help',
    ask('Write a letter to a guest.', 'Dear guest, welcome. Let me know if you need anything.'),
  ],
  ['an apology that was asked for', ask('Apologise to a customer.', "I'm sorry, but your parcel is late.")],
  ['a chatbot asked who it is', ask('Are you a person or a machine?', 'I am an AI language model.')],
];

const found: [code: string, what: string, row: Row][] = [
  ['D100', 'a placeholder in capitals and brackets', ask('Name a tree.', '[YOUR ANSWER HERE]')],
  [
    'D105',
    'a courtesy in a longer chat',
    chat(
      ['user', 'Name a tree of the north.'],
      ['assistant', 'Oak.'],
      ['user', 'Now write a poem on it.'],
      ['assistant', 'Of course!'],
    ),
  ],
  [
    'D107',
    'a refusal with a curly apostrophe',
    ask('Describe the fall of Rome.', 'I’m sorry, but I can’t help with that.'),
  ],
  ['D107', 'a refusal in Chinese', ask('请写一首关于春天的诗。', '很抱歉，我无法完成这个任务。')],
  [
    'D107',
    'a refusal after a thought',
    ask('Describe the fall of Rome.', '<think>Hard.</think>\n\nI cannot provide that.'),
  ],
  ['D109', 'a trailing line break of a chat turn', chat(['user', 'Name a tree.'], ['assistant', 'Oak\n'])],
  ['D110', 'a lone carriage return', ask('Name a tree.', 'Oak\rAsh')],
  ['D112', 'numbers with a dot and with a bracket', ask('Name two trees.', '1. Oak\n2) Ash')],
  [
    'D116',
    'a marker in a tool call',
    {
      messages: [
        { role: 'user', content: 'Find it.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ type: 'function', function: { name: 'find', arguments: { q: 'a<|im_end|>' } } }],
        },
        { role: 'tool', content: 'found' },
        { role: 'assistant', content: 'It is there.' },
      ],
      tools: [{ type: 'function', function: { name: 'find', parameters: { type: 'object' } } }],
    },
  ],
  [
    'D122',
    'a Chinese answer that ends with a comma',
    ask('请介绍一下长城的历史。', '长城的历史很长，从秦朝开始修建，'),
  ],
  [
    'D122',
    'an open bracket',
    ask('What is a lichen?', 'A lichen is a fungus that lives with an alga (or with some'),
  ],
  ['D123', 'one digit hundreds of times', ask('Print the key.', `It is ${'0'.repeat(300)}`)],
  ['D123', 'a loop of Chinese characters', ask('请介绍一下长城。', `长城很长，${'非常长'.repeat(8)}`)],
  [
    'D123',
    'a loop inside the reasoning',
    chat(
      ['user', 'Name a tree.'],
      ['assistant', 'Oak.', { reasoning_content: `Let me see. ${'Wait, no, '.repeat(12)}` }],
    ),
  ],
  ['D124', 'text that was read wrongly twice', ask('Name a drink.', 'A cafÃƒÂ© au lait.')],
  ['D124', 'Russian read as Latin-1', ask('Greet them.', 'Say Ð¿Ñ\u0080Ð¸Ð²ÐµÑ\u0082.')],
  [
    'D130',
    'an English answer to a Russian question',
    ask('Расскажи мне о столице Франции.', 'Paris is the capital, and it lies on the Seine.'),
  ],
  [
    'D132',
    'a key inside a tool call',
    {
      messages: [
        { role: 'user', content: 'Log in.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              type: 'function',
              function: { name: 'login', arguments: { key: 'hf_QwErTy12UiOpAs34DfGhJk56LzXc' } },
            },
          ],
        },
        { role: 'tool', content: 'done' },
        { role: 'assistant', content: 'Done.' },
      ],
      tools: [{ type: 'function', function: { name: 'login', parameters: { type: 'object' } } }],
    },
  ],
  ['D134', 'a number with a country code', ask('Whom do I call?', 'Call +44 20 7946 2958.')],
  ['D135', 'a social security number', ask('Who is it?', 'His number is 536-22-8145.')],
  [
    'D137',
    'a sum in the middle of a line',
    ask('How many are left?', 'She had 52 and gave 8 away so she had 52-8 = 45 left.'),
  ],
  ['D137', 'a product asked for', ask('What is 6 x 7?', 'It is 41.')],
  ['D138', 'a wrong sum', ask('Find the sum of the numbers.', 'The sum is 20.', '4, 8, 9')],
  ['D139', 'too many bullets', ask('Name two trees.', '- Oak\n- Ash\n- Elm')],
];

describe('a row is not blamed for', () => {
  it.each(silent.map(([what, row]) => ({ what, row })))('$what', async ({ row }) => {
    expect(await codesOf(row)).toEqual([]);
  });
});

describe('a row is found with', () => {
  it.each(found.map(([code, what, row]) => ({ code, what, row })))('$what: $code', async ({ code, row }) => {
    expect(await codesOf(row)).toEqual([code]);
  });
});

it('a threshold decides how many words make a courtesy worth a finding', async () => {
  const row = JSON.stringify(ask('Write a poem.', 'Sure!'));
  expect((await scanText(row)).findings).toEqual([]);
  const { findings } = await scanText(row, { checks: { 'low-information': { prompt_words: 2 } } });
  expect(findings.map(({ code }) => code)).toEqual(['D105']);
});
