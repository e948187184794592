// Rows that look like the fault of a check and are right, beside rows that have it: by check, in other words than its page.
import { describe, expect, it } from 'vitest';
import { scanText } from '../scan-text.ts';

type Row = Record<string, unknown>;

const ask = (instruction: string, output: string, input = ''): Row => ({ instruction, input, output });
const chat = (...turns: [role: string, content: string][]): Row => ({
  messages: turns.map(([role, content]) => ({ role, content })),
});

const scale = '(1 = never, 2 = seldom, 3 = now and then, 4 = often, 5 = always)';
const day = '7:00 Get up and wash\n8:00 Breakfast with fruit, oats and a cup of tea\n9:00 Lessons';

const rows: Record<string, { right: Row[]; faulty: Row[] }> = {
  D103: {
    right: [
      ask('Write a template that greets a user.', 'Hello {{ user }}, welcome to {{ place }}.'),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow file
      ask('Add the step that signs the build.', '- run: sign --key ${{ secrets.SIGNING }}'),
      ask('How large is the mass?', 'The mass is $m_{\\text{all}} = 3$ {kg}, or $\\frac{3}{1000}$ tonnes.'),
    ],
    faulty: [ask('Thank the guest.', 'Dear {{guest}}, thank you for staying with us.')],
  },
  D104: {
    right: [
      ask('Which words name people?', '(Ada Lovelace)[NAME] met (Mary Somerville)[NAME] in London[CITY].'),
      ask('Hide the personal data.', 'My name is [NAME] and I live in [CITY].', 'Redact: I am Jo from Rome.'),
      ask('How do I start it?', 'Type run and press [Enter].'),
      ask('Quote the first line.', '“It was the best of times, [...] it was the age of wisdom.”'),
    ],
    faulty: [ask('Invite Ben to the party on Friday.', 'Dear Ben, come on Friday. Yours, [Your Name]')],
  },
  D105: {
    right: [
      ask('Unscramble the letters.', 'Hello', 'lHleo'),
      ask(
        'Which greeting is hidden in the word?',
        'Hi',
        'cHildren: print the capital and the vowel after it',
      ),
      chat(['user', 'I am leaving for the station now.'], ['assistant', 'OK.']),
    ],
    faulty: [
      ask('Write four lines about the harbour at night.', 'Sure!'),
      chat(['user', 'How do I clean a brass lamp?'], ['assistant', 'Of course!']),
    ],
  },
  D107: {
    right: [
      ask('Did the king fly to Mars?', 'It is impossible to fly to Mars with a balloon. So, no.'),
      ask(
        'How many grains has a beach?',
        'It is not possible to count them all, but an estimate is a trillion.',
      ),
      ask('Are you made by the Acme company?', "I'm sorry, but I was not made by Acme. I am Robin."),
      ask(
        'My train was late and I lost a day.',
        "I'm sorry to hear that. I can't imagine how tired you are.",
      ),
      ask('Review the film.', 'I cannot recommend this film enough: see it.'),
      ask('你叫小明吗？', '不好意思，我不叫小明，我叫小红。'),
    ],
    faulty: [
      ask('Write a poem about rain.', 'I am sorry, but I am not able to write poems.'),
      ask('Sum up the file.', 'Unfortunately, as an AI model I cannot open files.'),
      ask('What does the text say?', "I'm sorry, but there is no text provided in the input."),
      ask('今天天气怎么样？', '很抱歉，我无法获取实时天气。'),
    ],
  },
  D114: {
    right: [
      ask('Turn it into an exclamation.', 'What a lovely morning it is!', 'What a lovely morning it is.'),
      ask(
        'Type out the text of the sign.',
        'No entry after nine in the evening',
        'No entry after nine in the evening',
      ),
      ask('Rewrite it if anything is wrong.', 'They were both at home.', 'They were both at home.'),
      ask('Fix the indentation.', 'if a:\n    go()\nelse:\n    stop()', 'if a:\n  go()\nelse:\n  stop()'),
      ask('Write it in capitals.', 'THE DOOR IS OPEN TODAY', 'the door is open today'),
    ],
    faulty: [
      ask('Translate into French.', 'The door is open today.', 'The door is open today.'),
      ask('Paraphrase the sentence.', '"The door is open today"', 'The door is open today.'),
      ask(
        '请把这段话翻译成英文。',
        '今天的天气非常好，我们一起去公园散步吧。',
        '今天的天气非常好，我们一起去公园散步吧。',
      ),
    ],
  },
  D115: {
    right: [
      ask(
        'How do I learn to swim?',
        'In steps.\n\n## 1. Float\n\nLie on your back.\n\n## 2. Kick\n\nUse your legs.',
      ),
      ask('Explain the parts.', 'There are three.\n\n### Input: what goes in\n\nSeed.\n\n### Soil\n\nEarth.'),
      ask(
        'Who is who in the system?',
        'These:\nAdmin: sees everything\nUser: sees his own files\nGuest: sees little',
      ),
    ],
    faulty: [
      ask('Name a tree.', 'The oak.\n\n###\n12. Instruction: Name a bird.\nOutput: The wren.'),
      ask('Name a tree.', 'The oak.\n\nUser: Which is the tallest?\nAssistant: The redwood.'),
      ask('Name a tree.', 'The oak.\n\n### Question: Name a bird.\n\n### Answer: The wren.'),
    ],
  },
  D116: {
    right: [
      ask('Explain the special token <|endoftext|> to me.', 'The token <|endoftext|> parts two documents.'),
      ask('Which marker ends a turn in ChatML, please?', 'A turn ends with <|im_end|> there.'),
    ],
    faulty: [
      ask('[INST] What is a token? [/INST]', 'A token is a piece of a word.'),
      ask('What is a token?', 'A token is a piece of a word.<|im_end|>'),
      ask('Name a tree.', 'The oak <|eot_id|> and the ash.'),
    ],
  },
  D117: {
    right: [ask('右附件囊肿怎么治疗？', '要看囊肿的大小和症状，请先做检查。')],
    faulty: [ask('请总结附件中的内容。', '内容很多，一共三点。')],
  },
  D121: {
    right: [
      ask('Find the closest multiple of 7 to 40.', 'It is 42.'),
      ask('Locate the nearest whole number to 3.7.', '4'),
      ask('Create a picture book for small children.', 'The fox and the moon, page one: …'),
      ask('Draw a circle with the turtle module of Python.', 'turtle.circle(50)'),
      ask('Remind me about the rules of chess.', 'Each side has sixteen pieces.'),
    ],
    faulty: [
      ask('Find the nearest pharmacy.', 'It is two streets away, on the left.'),
      ask('Set an alarm for six.', 'The alarm rings at six.'),
      ask('Create a picture of a fox.', 'Here is the picture of a fox.'),
    ],
  },
  D123: {
    right: [
      ask(
        'Make a survey.',
        ['talk', 'walk', 'read', 'sing']
          .map((verb, i) => `${i + 1}. How often do you ${verb}?\n${scale}`)
          .join('\n'),
      ),
      ask(
        'Plan three days.',
        ['Monday', 'Tuesday', 'Wednesday'].map((name) => `${name}\n${day}`).join('\n\n'),
      ),
      ask('Match the words.', '(?:(?:[a-f0-9]{2}:)|(?:[a-f0-9]{2}-)|(?:[a-f0-9]{2}[.])|(?:[a-f0-9]{2}_))+'),
    ],
    faulty: [
      ask('Describe the lake.', `${'The lake is deep and cold and full of silver fish. '.repeat(3)}`),
      ask(
        'Describe the lake.',
        Array.from(
          { length: 4 },
          (_, i) => `${i + 1}. The lake is deep and cold and full of silver fish`,
        ).join('\n'),
      ),
    ],
  },
  D127: {
    right: [
      ask('Put the verbs in italics.', 'She <i>sings</i> and he <em>walks</em>.', 'She sings and he walks.'),
      ask('Strike out the wrong word.', 'The sun is <s>cold</s> <b>hot</b>.', 'The sun is cold.'),
      ask('What is in the air?', 'N<sub>2</sub> and O<sub>2</sub>, in m<sup>3</sup>.'),
      ask('List the parts.', '| part | use |\n|---|---|\n| lid | closes<br>keeps warm |'),
    ],
    faulty: [ask('Name two trees.', 'Oak<br>Ash'), ask('Name a shop.', 'Bread &amp; Butter')],
  },
  D130: {
    right: [
      chat(
        ['user', 'From now on, answer in English only.'],
        ['assistant', 'All right, I will do that from now on.'],
        ['user', '你能介绍一下中国最大的三个城市吗？谢谢你。'],
        ['assistant', 'Shanghai, Beijing and Chongqing are the three that have the most people.'],
      ),
      ask('推荐几个好用的编辑器软件，并按顺序排列。', 'Visual Studio Code, Sublime Text, Notepad Plus, Vim'),
      ask(
        'Kako se zove najveći grad na obali i koliko ljudi u njemu danas živi po popisu?',
        'Највећи град на обали је Сплит, у коме живи око сто шездесет хиљада људи.',
      ),
    ],
    faulty: [
      ask(
        '请介绍一下这座城市的历史和现在的情况。',
        'It is one of the oldest towns in the country, and it has a large harbour.',
      ),
      ask(
        'Describe the town and its harbour to me, please.',
        '这座城市历史悠久，港口很大，每年有很多游客来这里参观。',
      ),
    ],
  },
  D133: {
    right: [
      ask('Where do I clone it from?', 'From git@github.com, or ask xxx@xx.org.'),
      ask('Which users are there?', 'Two: alice@mail.net and bob@mail.net.'),
    ],
    faulty: [ask('Whom do I ask?', 'Write to m.ferreira@harbour-museum.org today.')],
  },
  D134: {
    right: [
      ask('Where is my parcel?', 'Your tracking number is 415-867-2093.'),
      ask('Which book is it?', 'It has the ISBN 415-867-2093, invoice no. 415-867-2094, case #415-867-2095.'),
      ask('我的快递到哪里了？', '您的订单号是 13812095837，正在派送。'),
    ],
    faulty: [
      ask('Whom do I ask about order 7?', 'For your order, call us at 415-867-2093.'),
      ask('Where is my parcel?', 'Ask at (415) 867-2093, in case of trouble at 415-867-2094.'),
      ask('怎么联系你们？', '请拨打电话 13812095837。'),
    ],
  },
  D135: {
    right: [
      ask('Which card works in the sandbox?', 'Use 5555444433331111.'),
      ask('Name a card number for testing.', 'Take 4539148803436467, a made-up one.'),
      ask('Name a dummy card.', '4539 1488 0343 6467'),
    ],
    faulty: [ask('How did she pay?', 'With the card 4539 1488 0343 6467.')],
  },
  D136: {
    right: [
      ask('Check an IPv4 address in C.', 'For "81.23.145.67" it gives 1.'),
      ask('Which subnet is it?', 'The IP 81.23.145.67 lies in 81.23.0.0/16.'),
    ],
    faulty: [ask('Who was it?', 'Somebody at 81.23.145.67 sent the note.')],
  },
  D137: {
    right: [
      ask('What is the sixth?', '6 * 20 – 5 * 19 = 25, and 7 × 20 − 6 * 19 = 26.'),
      ask('How many ways are there?', '8 Ã— 7 Ã— 6 x 5 = 1680 ways, and 13*12*11/3*2*1 = 286.'),
      ask('Count up.', 'One, two, fizz, 4.', '1-50'),
      ask('What is 50/50?', 'An even chance, 1 in 2.'),
      ask('What is the share?', 'It is 2/3 = 66.7 % of all, 1/8 = 12.5%.'),
      ask('What is left over?', 'The remainder of 380/3 = 2.'),
    ],
    faulty: [
      ask('What is the sixth?', '6 * 20 – 5 * 19 = 26.'),
      ask('What is 12 - 5?', 'That is 8.'),
      ask('How many are there?', 'There are 7 + 8 = 16.'),
      ask('What is the share?', 'That is 3 * 4 = 13.'),
    ],
  },
  D138: {
    right: [
      ask('Sort the numbers in non-decreasing order.', '1, 2, 5, 9', '5, 9, 1, 2'),
      ask('Arrange in nonincreasing order.', '9, 5, 2, 1', '5, 9, 1, 2'),
      ask('Put the numbers in order, biggest first.', '9, 5, 2, 1', '5, 9, 1, 2'),
      ask('Sort from low to high.', '1, 2, 5, 9', '5, 9, 1, 2'),
    ],
    faulty: [
      ask('Sort the numbers in non-decreasing order.', '9, 5, 2, 1', '5, 9, 1, 2'),
      ask('Sort from high to low.', '1, 2, 5, 9', '5, 9, 1, 2'),
    ],
  },
  D139: {
    right: [
      ask('Explain it in two sentences.', 'The sum is a plus b. Half of it is c.'),
      ask('Explain it in three sentences.', 'It starts at n. Then it adds k. It ends at m.'),
    ],
    faulty: [ask('Explain it in two sentences.', 'The sum is a plus b. Half of it is c. Both are whole.')],
  },
};

async function codesOf(row: Row): Promise<string[]> {
  const { findings } = await scanText(JSON.stringify(row));
  return findings.map(({ code }) => code);
}

describe.each(Object.entries(rows))('%s', (code, { right, faulty }) => {
  it.each(right.map((row) => [JSON.stringify(row), row] as const))('says nothing of %s', async (_, row) => {
    expect(await codesOf(row)).not.toContain(code);
  });

  it.each(faulty.map((row) => [JSON.stringify(row), row] as const))('reports %s', async (_, row) => {
    expect(await codesOf(row)).toContain(code);
  });
});

it('shows a link without the Chinese text after it', async () => {
  const { findings } = await scanText(
    JSON.stringify(ask('在哪里买？', '请打开https://shop.tides.org，然后注册账号并登录。')),
  );
  expect(findings.find(({ code }) => code === 'D119')?.message).toBe(
    'The answer holds the link shop.tides.org.',
  );
});
