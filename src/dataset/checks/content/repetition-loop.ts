import { featuresOf, looksLikeCode, spotIn } from '../../text/features.ts';
import { findLoop, type Loop } from '../../text/repeats.ts';
import type { Check } from '../check.ts';

const asksForRepeating =
  /repeat|times|lyrics|song|poem|verse|chorus|rhyme|haiku|chant|refrain|rap\b|limerick|sonnet|ballad|jingle|code|ascii|table|pattern|歌|诗|重复/;

export const repetitionLoop: Check = {
  code: 'D123',
  name: 'repetition-loop',
  severity: 'warning',
  group: 'content',
  title: 'The answer repeats itself.',
  prose:
    'The same few words, or the same sentence, come again and again with nothing new in between. Models fall into such loops when they generate, and a model trained on one falls into it sooner. A line that recurs between different ones, such as the scale under each question of a poll, is not a loop. The check skips verse, code and prompts that ask for repetition.',
  hint: 'cut the loop, or drop the row',
  thresholds: {
    times: { default: 4, doc: 'how often the same words come one after another' },
    words: { default: 12, doc: 'how many words those make in all, at least' },
    sentences: {
      default: 3,
      doc: 'how often one sentence or line of 40 characters or more comes, with nothing new in between',
    },
  },
  bad: [
    {
      text: '{"instruction":"Describe the sea.","input":"","output":"The sea is wide, it is so big and it is so big and it is so big and it is so big and it is so big."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Describe the sea.","input":"","output":"The sea is wide and blue and cold and very deep. The sea is wide and blue and cold and very deep. The sea is wide and blue and cold and very deep."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Write a song about the sea.","input":"","output":"The sea is wide and blue and cold and very deep. The sea is wide and blue and cold and very deep. The sea is wide and blue and cold and very deep."}',
    '{"instruction":"Compare three cities.","input":"","output":"Lima is the capital of Peru. Quito is the capital of Ecuador. Bogota is the capital of Colombia."}',
    '{"instruction":"Write a form.","input":"","output":"How clean was the room?\\nVery clean, rather clean, rather dirty, very dirty\\nHow clean was the bath?\\nVery clean, rather clean, rather dirty, very dirty\\nHow clean was the hall?\\nVery clean, rather clean, rather dirty, very dirty"}',
    '{"instruction":"Match words with dashes.","input":"","output":"(([a-z0-9]+_+)|([a-z0-9]+-+)|([a-z0-9]+[.]+)|([a-z0-9]+[+]+))*"}',
  ],
  run(example, report, { times = 4, words = 12, sentences = 3 }) {
    for (const piece of featuresOf(example).pieces) {
      if (piece.role !== 'assistant' || piece.field === 'tool_calls' || piece.list === 'rejected') continue;
      const { text } = piece;
      const loop = findLoop(text, { times, words, sentences });
      if (!loop || (!piece.list && example.messages[piece.message]?.train === false)) continue;
      const asked = featuresOf(example).answers.find(
        ({ list, message }) => list === piece.list && message === piece.message,
      );
      // A character repeated hundreds of times is not code, and a line of signs is not a loop.
      const isRun = loop.to - loop.from === 1 && loop.times >= 100;
      if (!isRun && asked && asksForRepeating.test(asked.promptLower)) continue;
      if (!isRun && (looksLikeCode(text) || !isLanguage(text, loop))) continue;
      const shown = text.slice(loop.from, Math.min(loop.to, loop.from + 60)).trim();
      report(spotIn(piece, loop.from), `${JSON.stringify(shown)} comes ${loop.times} times.`, {
        data: { times: loop.times },
      });
    }
  },
};

// Requires mostly words, because parts of a regular expression, cells of a table and nested calls may repeat.
function isLanguage(text: string, { from, to, times }: Loop): boolean {
  const looped = text.slice(from, Math.min(text.length, from + (to - from) * Math.min(times, 4)));
  const plain = looped.match(/[\p{L}\p{M}\p{N}\s]/gu)?.length ?? 0;
  if (/\||\p{L}[（(]/u.test(looped)) return false;
  return /\p{L}/u.test(looped) && plain >= 0.7 * looped.length;
}
