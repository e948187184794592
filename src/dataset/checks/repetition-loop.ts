import { featuresOf, has, looksLikeCode, spotIn } from '../text/features.ts';
import { findLoop, findRepeatedSentence } from '../text/repeats.ts';
import type { Check } from './check.ts';

const asksForRepeating =
  /repeat|times|lyrics|song|poem|verse|chorus|rhyme|haiku|chant|refrain|rap\b|limerick|sonnet|ballad|jingle|code|ascii|table|pattern|歌|诗|重复/;

export const repetitionLoop: Check = {
  code: 'D123',
  name: 'repetition-loop',
  severity: 'warning',
  group: 'content',
  title: 'The answer repeats itself.',
  prose:
    'The same few words, or the same sentence, come again and again. Models fall into such loops when they generate, and a model trained on one falls into it sooner. Verse, code and prompts that ask for repeating are let be.',
  hint: 'cut the loop, or drop the row',
  thresholds: {
    times: { default: 6, doc: 'how often a run of four words comes' },
    share: { default: 0.25, doc: 'share of all words that those runs make up' },
    sentences: { default: 3, doc: 'how often one sentence or line comes' },
  },
  bad: [
    {
      text: '{"instruction":"Describe the sea.","input":"","output":"The sea is wide. It is a very big sea and it is a very big sea and it is a very big sea and it is a very big sea and it is a very big sea and it is a very big sea."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Describe the sea.","input":"","output":"The sea is wide and blue. The sea is wide and blue. The sea is wide and blue."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Write a song about the sea.","input":"","output":"The sea is wide and blue. The sea is wide and blue. The sea is wide and blue."}',
    '{"instruction":"Compare three cities.","input":"","output":"Lima is the capital of Peru. Quito is the capital of Ecuador. Bogota is the capital of Colombia."}',
  ],
  run(example, report, { times = 6, share = 0.25, sentences = 3 }) {
    for (const piece of featuresOf(example).pieces) {
      if (piece.role !== 'assistant' || piece.field === 'tool_calls' || piece.list === 'rejected') continue;
      const { text } = piece;
      if (text.length < 45) continue;
      const loop =
        findRepeatedSentence(text, 15, sentences) ??
        ((piece.flags & has.latin) !== 0 ? findLoop(text, 4, times, share) : null);
      if (!loop || example.messages[piece.message]?.train === false) continue;
      const asked = featuresOf(example).answers.find(({ message }) => message === piece.message);
      if ((asked && asksForRepeating.test(asked.promptLower)) || looksLikeCode(text)) continue;
      if (!/\p{L}{3}/u.test(text.slice(loop.from, loop.to))) continue;
      const shown = text.slice(loop.from, Math.min(loop.to, loop.from + 60)).trim();
      report(spotIn(piece, loop.from), `${JSON.stringify(shown)} comes ${loop.times} times.`, {
        data: { times: loop.times },
      });
    }
  },
};
