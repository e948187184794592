import type { Example } from '../../example.ts';
import { has } from '../../text/char-flags.ts';
import {
  type Answer,
  answersOf,
  featuresOf,
  languageOf,
  looksLikeCode,
  spotOf,
} from '../../text/features.ts';
import { guessLanguage, looksEnglish } from '../../text/language.ts';
import { holdsScript, mainScript } from '../../text/scripts.ts';
import type { Check } from '../check.ts';

export const asksForLanguage =
  /translat|language|english|chinese|mandarin|spanish|french|german|italian|portuguese|dutch|latin|russian|japanese|korean|arabic|hindi|greek|hebrew|thai|pinyin|romaji|transliterat|code|word|phrase|say\b|\bhow do you|翻译|译|英文|英语|中文|汉语|日语|日文|法语|德语|韩语|俄语|西班牙|拼音|代码|函数|程序|python|java|sql|html|单词|公式|übersetz|tradu|vertal|sprache|langue|idioma|lingua|taal|на \p{L}+ском|перевед/u;
const toldLanguage =
  /\b(?:answer|reply|respond|write|speak|translate|continue|talk|chat|use|only|always|in) (?:\w+ ){0,4}(?:english|chinese|mandarin|spanish|french|german|italian|portuguese|dutch|russian|japanese|korean|arabic|hindi|greek|hebrew|thai)|translat|language|用(?:英|中|日|法|德|韩|俄|西)|翻译|auf (?:deutsch|englisch)|en (?:français|anglais|español|inglés)|на (?:русском|английском)/;
const otherScripts = has.cyrillic | has.greek | has.eastAsian | has.otherScript;

export const mixedLanguage: Check = {
  code: 'D130',
  name: 'mixed-language',
  severity: 'warning',
  group: 'content',
  title: 'The answer is in another language than the prompt.',
  prose:
    'Prompt and answer are written in different scripts, or in different ones of a few European languages, and the prompt does not ask for it (to translate, say). Scripts are counted; languages of Latin script (English, German, French, Spanish, Italian, Portuguese, Dutch) are guessed by their frequent words, and only longer texts are judged. The check does not tell similar languages apart (Spanish, Portuguese and Italian; German and Dutch). It skips Latin letters without the small words of a language, which may be names or another way to write the same language. If the system prompt or an earlier turn asked for a language, that still holds.',
  hint: 'answer in the language of the prompt, or ask for the other in the prompt',
  thresholds: {
    share: { default: 0.8, doc: 'share of the letters that makes a script the main one' },
    letters: { default: 20, doc: 'letters of prompt and answer from which they are judged' },
  },
  bad: [
    {
      text: '{"instruction":"请介绍一下北京的历史和文化。","input":"","output":"Beijing has been a capital for many centuries."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Why is the sky blue in the day and red in the evening, and what is it that makes this so?","input":"","output":"Das Licht der Sonne wird von der Luft gestreut, und das blaue Licht ist davon mehr als das rote betroffen."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"把这句话翻译成英文：北京是中国的首都。","input":"","output":"Beijing is the capital of China, and a big city."}',
    '{"instruction":"请介绍一下北京的历史和文化。","input":"","output":"北京是一座历史悠久的城市，文化丰富。"}',
    '{"messages":[{"role":"system","content":"Always answer in English."},{"role":"user","content":"请介绍一下北京的历史和文化。"},{"role":"assistant","content":"Beijing has been a capital for many centuries."}]}',
    '{"instruction":"请列出三个常用的网络服务器。","input":"","output":"Nginx, Apache Tomcat, Lighttpd, Caddy"}',
  ],
  run(example, report, { share = 0.8, letters = 20 }) {
    for (const answer of answersOf(example)) {
      const { text, prompt, promptLower, input } = answer;
      if (prompt === '') continue;
      const differ =
        ((answer.flags | answer.promptFlags) & otherScripts) !== 0
          ? scripts(prompt, text, share, letters)
          : languages(answer);
      if (!differ || asksForLanguage.test(promptLower) || looksLikeCode(text)) continue;
      if (toldBefore(example, answer)) continue;
      // If the instruction and its text are in different languages, both are right.
      if (input !== '' && mainScript(input, share, letters) === mainScript(text, share, letters)) continue;
      report(spotOf(answer), `The prompt is in ${differ[0]}, the answer in ${differ[1]}.`, {
        data: { prompt: differ[0], answer: differ[1] },
      });
    }
  },
};

// A request in the system prompt or an earlier turn still applies.
function toldBefore(example: Example, answer: Answer): boolean {
  return featuresOf(example).pieces.some(
    ({ role, message, text, list }) =>
      (role === 'system' || role === 'developer' || role === 'user') &&
      list === undefined &&
      (answer.list !== undefined || message < answer.message) &&
      toldLanguage.test(text.toLowerCase()),
  );
}

// Speakers often use both languages (a Catalan question may get a Spanish answer), and short texts look similar.
const neighbours = [
  ['Spanish', 'Portuguese', 'Italian'],
  ['German', 'Dutch'],
];
// Requires a few frequent words: Latin letters without any are names, terms, or another language.
const smallWord =
  /\b(?:how|what|why|who|when|where|which|does|our|they|will|would|should|about|the|an|is|are|was|were|has|have|had|been|of|to|in|for|and|it|you|can|with|that|this|by|on|from|as|or|not|le|la|les|des|une|est|que|el|los|un|y|en|der|die|das|und|ist|nicht|ein|eine|il|di|che|o|os|uma|de|het|een)\b/gi;

const link = /https?:\/\/\S+/g;

function scripts(asked: string, answer: string, share: number, letters: number): [string, string] | null {
  const prompt = asked.includes('://') ? asked.replace(link, ' ') : asked;
  const one = mainScript(prompt, share, letters);
  const other = one && mainScript(answer, share, letters);
  // Names in another script do not make an answer foreign.
  if (!one || !other || one === other || holdsScript(answer, one)) return null;
  // The prompt has two languages, one per line, or is Chinese with a name in kana.
  if (prompt.split(/[\n：:]/).some((line) => mainScript(line, share, letters / 2) === other)) return null;
  if (one === 'Japanese' && other === 'Chinese' && !isJapanese(prompt)) return null;
  const latin = one === 'Latin' ? prompt : other === 'Latin' ? answer : null;
  if (latin !== null && (latin.slice(0, 500).match(smallWord)?.length ?? 0) < 2) return null;
  return [one, other];
}

function languages(answer: Answer): [string, string] | null {
  const { promptLower, lower } = answer;
  if (lower.length < 50 || promptLower.length < 50) return null;
  const isEnglish = looksEnglish(lower);
  if (isEnglish && looksEnglish(promptLower)) return null;
  const other = isEnglish ? 'English' : languageOf(answer);
  const one = other && guessLanguage(promptLower);
  if (!one || !other || one === other) return null;
  return neighbours.some((group) => group.includes(one) && group.includes(other)) ? null : [one, other];
}

function isJapanese(text: string): boolean {
  const kana = text.match(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return kana * 2 >= han;
}
