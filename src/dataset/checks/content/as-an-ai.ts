import { has } from '../../text/char-flags.ts';
import { type Answer, answersOf, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import type { Check } from '../check.ts';

const phrase =
  /\b(?:as an? (?:ai|artificial intelligence|(?:large )?language model|machine learning model|chatbot)\b|i(?:'m| am) (?:just |only |merely )?an? (?:ai|artificial intelligence|(?:large )?language model|machine|chatbot|computer program)\b|my (?:knowledge cut-?off|training data)|i (?:don't|do not) have (?:personal (?:experiences?|opinions?|feelings?|beliefs?|preferences?)|feelings|emotions|a physical (?:body|form)))|(?:作为|我是|我只是)一?[个名款]?(?:ai|人工智能|语言模型|机器人|虚拟助手)/;
const asksForIt =
  /\bai\b|chat ?gpt|\bgpt-?\d|\bcall you\b|训练|artificial intelligence|\bare you\b|\byou are (?:an?|the)\b|chatbot|language model|robot|pretend|imagine|act as|who are you|your name|persona|\b(?:built|created|made|developed|trained|designed|invented) you\b|\byou (?:built|created|made|developed|trained|called)|about yourself|introduce yourself|你叫|你的?名字|你的?身份|您叫|您是|开发|介绍.{0,4}自己|人工智能|机器人|你是|假[设装]|扮演/;

export const asAnAi: Check = {
  code: 'D108',
  name: 'as-an-ai',
  severity: 'warning',
  group: 'content',
  saidBy: { code: 'D107', within: 200 },
  title: 'The answer speaks of itself as an AI.',
  prose:
    'Phrases such as "As an AI language model, I …" came into datasets from the model that wrote the answers. Prompts seldom ask for them, and a fine-tuned model picks them up from few rows. The check skips prompts about AI or about the assistant itself.',
  hint: 'rewrite the answer without it, or drop the row',
  bad: [
    {
      text: '{"instruction":"Which season is the best?","input":"","output":"As an AI language model, I like none of them more."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"You are an AI on a space ship. Greet the crew.","input":"","output":"As an AI, I welcome you aboard."}',
    '{"instruction":"Name a use of language models.","input":"","output":"A language model can sum up a text."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { lower } = answer;
      if (!mayHold(answer)) continue;
      const found = phrase.exec(lower);
      if (found && !asksForIt.test(answer.promptLower))
        report(spotOf(answer, found.index), 'The answer speaks of itself as an AI.');
    }
  },
};

// A fast first test: a speaker says "I", and each phrase contains one of these words or "AI".
const mayBe = anyOf(
  ...['guage model', 'ficial intel', 'machine', 'chatbot', 'knowledge cut', 'training data', 'feelings'],
  ...['physical ', 'personal ', 'computer program'],
);

function mayHold({ text, grams, flags }: Answer): boolean {
  const eastAsian = (flags & has.eastAsian) !== 0;
  if (!eastAsian && !text.includes('I')) return false;
  return mayBe(grams) || text.includes('AI') || (eastAsian && (text.includes('作为') || text.includes('我')));
}
