import { lastAnswer } from '../../across/last-answer.ts';
import type { Example } from '../../example.ts';
import { type Answer, answersOf, languageOf, looksLikeCode, spotOf } from '../../text/features.ts';
import { guessLanguage, guessShort, looksEnglish, opensEnglish } from '../../text/language.ts';
import type { Check, Spot } from '../check.ts';
import { asksForLanguage } from '../content/mixed-language.ts';

export const foreignAnswer: Check = {
  code: 'D262',
  name: 'foreign-answer',
  severity: 'warning',
  group: 'consistency',
  title: 'The answer to a short prompt is in another language.',
  prose:
    'A short prompt has too few words for D130, which compares prompt and answer of one row. This check compares the answer with how its prompt opens or, if that does not show a language, with nearly all answers of the dataset. It knows English, German, French, Spanish, Italian, Portuguese and Dutch, and judges only longer answers. It skips prompts that name a language or ask for a translation.',
  hint: 'answer in the language of the prompt, or drop the row',
  thresholds: {
    usual_share: {
      default: 0.95,
      doc: 'share of the answers in one language from which another one is unusual',
    },
    rows: { default: 50, doc: 'answers in that language from which the dataset is taken to be in it' },
  },
  bad: [
    {
      text: '{"instruction":"What is the tide?","input":"","output":"C\'est le mouvement de la mer qui monte et qui descend deux fois par jour sur les côtes, avec la lune et le soleil."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Comment on the tide.","input":"","output":"It is the rise and fall of the sea, which comes twice a day and is caused by the moon and the sun."}',
    '{"instruction":"What is the tide?","input":"","output":"It is the rise and fall of the sea, which comes twice a day and is caused by the moon and the sun."}',
    '{"instruction":"What is the tide? Answer in French.","input":"","output":"C\'est le mouvement de la mer qui monte et qui descend deux fois par jour sur les côtes, avec la lune et le soleil."}',
  ],
  across: ({ usual_share = 0.95, rows: least = 50 }) => ({
    trait(example) {
      for (const answer of answersOf(example)) {
        const { lower, promptLower } = answer;
        if (!answer.last || answer.prompt === '') continue;
        // Skip most rows early, because guessing the language costs more than all other tests.
        if (looksEnglish(lower) && (looksEnglish(promptLower) || opensEnglish(promptLower)))
          return { value: bothEnglish, spot: spotFor(example, answer) };
        const language = languageOf(answer);
        if (
          language === null ||
          guessLanguage(promptLower) !== null ||
          asksForLanguage.test(promptLower) ||
          looksLikeCode(answer.text)
        )
          continue;
        const asked = guessShort(promptLower) ?? '';
        return { value: `${asked}>${language}`, spot: spotFor(example, answer) };
      }
      return null;
    },
    collect() {
      const counts = new Map<string, number>();
      let english = 0;
      const odd: { row: number; asked: string; language: string }[] = [];
      return {
        add(row, value) {
          if (value === bothEnglish) {
            english += 1;
            return;
          }
          const [asked = '', language = ''] = value.split('>');
          counts.set(language, (counts.get(language) ?? 0) + 1);
          if (asked !== language) odd.push({ row, asked, language });
        },
        end(report) {
          if (english > 0) counts.set('English', (counts.get('English') ?? 0) + english);
          const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
          const [usual, most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
          const judged = most >= least && most >= all * usual_share;
          for (const { row, asked, language } of odd) {
            if (asked !== '') report([row], `The prompt is in ${asked}, the answer in ${language}.`);
            else if (judged && language !== usual)
              report([row], `The answer is in ${language}; ${most} of ${all} answers are in ${usual}.`);
          }
        },
      };
    },
  }),
};

const bothEnglish = 'English';

// Share the pointer with other checks of the same place.
function spotFor(example: Example, answer: Answer): Spot {
  const spot = example.chosen ? undefined : lastAnswer(example)?.spot;
  return spot?.message === answer.message && typeof example.messages[answer.message]?.content === 'string'
    ? spot
    : spotOf(answer);
}
