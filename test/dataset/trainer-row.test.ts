import { describe, expect, it } from 'vitest';
import { alpaca } from '../../src/dataset/formats/alpaca.ts';
import { trainerRow } from '../../src/dataset/trainer-row.ts';

const read = (row: Record<string, unknown>) => {
  const example = alpaca.parse(row, () => undefined);
  if (!example) throw new Error('not an alpaca row');
  return trainerRow(7, example);
};

describe('the row that the trainer reads', () => {
  it('says which end of the prompt was the input', () => {
    expect(read({ instruction: 'Translate.', input: 'house', output: 'Haus' })).toEqual({
      row: 7,
      messages: [
        { role: 'user', content: 'Translate.\n\nhouse', input: 'house' },
        { role: 'assistant', content: 'Haus' },
      ],
    });
  });

  it('says it of the last prompt, where a history goes before', () => {
    const history = [['Hi', 'Hello.']];
    const { messages } = read({ instruction: 'Translate.', input: 'house', output: 'Haus', history });
    expect(messages?.map(({ input }) => input)).toEqual([undefined, undefined, 'house', undefined]);
  });

  it.each([
    ['no input', { instruction: 'Count to three.', input: '', output: '1 2 3' }],
    ['an input alone', { instruction: '', input: 'Count to three.', output: '1 2 3' }],
  ])('says nothing where there is %s', (_, row) => {
    expect(read(row).messages?.[0]).toEqual({ role: 'user', content: 'Count to three.' });
  });
});
