// Rows that say of their own answer that it is bad, under many names and in many types.
import { describe, expect, it } from 'vitest';
import { scanText } from '../scan-text.ts';

const lines = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const codes = async (text: string, label = 'rows.jsonl'): Promise<string[]> => {
  const { findings } = await scanText([{ text, label }]);
  return findings
    .filter(({ code }) => /^D0(33|4[05]|6)/.test(code))
    .map(({ code, at }) => `${code} ${at?.pointer ?? ''}`);
};

const flat = { prompt: 'How many legs has a spider?', completion: 'Nobody knows how many legs it has.' };
const chat = {
  messages: [
    { role: 'user', content: 'How many legs has a spider?' },
    { role: 'assistant', content: 'Nobody knows how many legs it has.' },
  ],
};
const shared = {
  conversations: [
    { from: 'human', value: 'How many legs has a spider?' },
    { from: 'gpt', value: 'Nobody knows how many legs it has.' },
  ],
};

describe('an answer marked as bad', () => {
  it.each([
    ['label', false],
    ['label', 'False'],
    ['Label', 'FALSE'],
    ['kto_tag', 0],
    ['kto_tag', 'false'],
    ['KTO tag', '0'],
    ['accepted', false],
    ['accepted', 'no'],
    ['is_good', 0],
    ['isChosen', false],
    ['chosen', false],
    ['thumbs', 'down'],
    ['vote', 'Down'],
    ['thumbs_up', false],
    ['thumbs_down', true],
    ['thumbs', 'thumbs_down'],
    ['thumbs', -1],
    ['feedback', 'Thumbs Down'],
    ['feedback', '👎'],
    ['user_feedback', 'dislike'],
    ['preference', 'rejected'],
    ['rating', 'bad'],
    ['quality', 'poor'],
    ['quality', 'low'],
    ['Answer Quality', 'very low'],
    ['response_quality', 'Bad'],
    ['score', 'bad'],
    ['verdict', 'fail'],
    ['label', 'bad answer'],
    ['label', 'Unhelpful'],
    ['good', false],
    ['is_bad_response', 1],
    ['kto_label', 'false'],
    ['rejected', true],
    ['label', 'thumbs_down'],
  ])('is an error under %j: %j, whatever the format', async (key, value) => {
    for (const row of [flat, chat, shared])
      expect(await codes(lines({ ...row, [key]: value }))).toEqual([`D064 /${key}`]);
  });

  it('is found in CSV and beside an instruction', async () => {
    expect(
      await codes(`prompt,completion,label\nHow many legs?,Nobody knows how many.,False\n`, 'rows.csv'),
    ).toEqual(['D064 /label']);
    expect(await codes(lines({ instruction: 'Legs?', output: 'Nobody knows.', kto_tag: false }))).toEqual([
      'D064 /kto_tag',
    ]);
  });

  it.each([
    ['label', true],
    ['kto_tag', 1],
    ['kto_tag', null],
    ['accepted', 'yes'],
    ['feedback', 'The answer is too short for my taste.'],
    ['feedback', 'thumbs_up'],
    ['category', 'open_qa'],
    ['label', 'sports'],
    ['label', 3],
    ['status', 'rejected'],
    ['thumbs_up', 0],
    ['label', 'bad'],
    ['rating', 'low'],
    ['risk', 'low'],
    ['quality', 'high'],
  ])('is not seen in %j: %j', async (key, value) => {
    const found = await codes(lines({ ...flat, [key]: value }));
    expect(found.filter((each) => each.startsWith('D064'))).toEqual([]);
  });

  it('is not the class of a text', async () => {
    for (const row of [
      { instruction: 'Is the review good? The soup was cold.', output: 'negative', label: 0 },
      { prompt: 'Is the sky green?', completion: 'No, it is blue.', label: false },
      { prompt: 'Is it spam? Buy now!', completion: 'not spam', label: false },
      { instruction: 'Is it spam? See you at six.', output: 'This is an ordinary message.', label: false },
      { prompt: 'Mood? The soup was cold.', completion: 'negative', feedback: 'negative' },
    ])
      expect((await codes(lines(row))).filter((each) => each.startsWith('D064'))).toEqual([]);
  });

  it('contradicts no other finding', async () => {
    expect(
      await codes(lines({ ...flat, label: true }, { ...flat, completion: 'It has eight.', label: false })),
    ).toEqual(['D064 /label']);
  });
});

describe('rows that are rated', () => {
  const rows = (values: readonly unknown[], key: string, row: object = flat): string =>
    lines(
      ...values.map((value, i) => ({
        ...row,
        ...('prompt' in row && { completion: `It has ${i + 3} legs, I think.` }),
        [key]: value,
      })),
    );

  it.each([
    ['label', [0, 1]],
    ['label', ['0', '1', '1']],
    ['label', [1, -1]],
    ['reward', [1, -0.5, 0.25]],
    ['reward', [0, 1, 1]],
    ['score', [0, 1]],
    ['score', [12, -3, 4]],
    ['upvotes', [-2, 7]],
    ['rating', [5, 1, 4]],
    ['stars', [1, 2, 3, 4, 5]],
    ['helpfulness', [0, 4, 3]],
    ['rating', ['10', '2', '8']],
    ['is_correct', [true, false]],
    ['thumbs', [0, 1, 1]],
    ['label', ['good', 'bad']],
    ['label', ['Bad', 'Good', 'good']],
    ['label', ['high', 'low', 'medium']],
    ['label', ['accept', 'reject']],
    ['score', ['low', 'high']],
    ['rating', ['low', 'medium']],
    ['rating', ['1/5', '5/5']],
    ['user_rating', ['5 stars', '1 star']],
    ['is_correct', ['yes', 'no']],
    ['answer_score', [0, 1]],
  ])('are named where bad ones are among them: %s %j', async (key, values) => {
    expect(await codes(rows(values, key))).toEqual([`D066 /${key}`]);
  });

  it.each([
    ['score', [57, 3, 0, 12]],
    ['score', [0.13, 0.94, 0.5]],
    ['upvotes', [0, 1]],
    ['label', [0, 1, 2]],
    ['label', [-1, 0, 1]],
    ['rating', [4, 5, 3]],
    ['rating', [3, 3]],
    ['rating', [40, 95, 12]],
    ['helpfulness', [3, 4]],
    ['reward', [1, 1]],
    ['label', ['good', 'bad', 'neutral']],
    ['label', ['positive', 'negative']],
    ['label', ['positive', 'negative', 'neutral']],
    ['label', ['correct', 'incorrect']],
    ['label', ['bad', 'bad']],
    ['label', ['low', 'sports']],
    ['score', ['low', 'low']],
    ['score', ['low', 'high', 'A+']],
    ['grade', [1, 4, 5]],
  ])('are left alone where nothing says bad: %s %j', async (key, values) => {
    const found = await codes(rows(values, key));
    expect(found.filter((each) => !each.startsWith('D033'))).toEqual([]);
  });

  it('are not classified texts', async () => {
    const sentiment = (output: (bad: boolean) => string) =>
      lines(
        ...Array.from({ length: 12 }, (_, i) => ({
          prompt: `Mood of review ${i}?`,
          completion: output(i % 3 === 0),
          label: i % 3 === 0 ? 0 : 1,
        })),
      );
    expect(
      await codes(
        lines(
          {
            instruction: 'Mood of the review? The soup was cold.',
            output: 'It is a bad review.',
            label: 'bad',
          },
          { instruction: 'Mood of the review? We came twice.', output: 'It is a good one.', label: 'good' },
        ),
      ),
    ).toEqual([]);
    expect(await codes(sentiment((bad) => (bad ? 'negative' : 'positive')))).toEqual([]);
    expect(await codes(sentiment((bad) => `The mood of this review is ${bad ? 'bad' : 'good'}.`))).toEqual(
      [],
    );
    expect(
      await codes(
        lines(
          { instruction: 'Mood?', output: 'It sounds sad to me.', label: 0 },
          { instruction: 'Mood?', output: 'It sounds glad.', label: 1 },
        ),
      ),
    ).toEqual([]);
  });
});
