import { has } from '../../text/char-flags.ts';
import { answersOf, featuresOf, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import type { Check } from '../check.ts';

const products =
  'chatgpt|gpt-?[345][\\w.]*|claude|bard|gemini|bing chat|copilot|llama|qwen|deepseek|grok|ernie bot|mistral|vicuna|alpaca|chatglm';
const makers =
  'openai|anthropic|google|meta ai|deepmind|microsoft|alibaba|deepseek|mistral ai|baidu|xai|zhipu';
const identity = new RegExp(
  `\\b(?:i am|i'm|my name is|this is) (?:called )?(?:${products})\\b|\\bi(?:'m| am| was)\\b[^.\\n]{0,60}\\b(?:trained|developed|created|made|built|designed)\\b[^.\\n]{0,20}\\bby (?:${makers})\\b`,
);
const cutOff =
  /\bas of my (?:last|latest|most recent|knowledge|training)\b|\bmy (?:last|latest) (?:knowledge )?update\b[^.\n]{0,20}\b(?:in|was) [a-z]* ?20\d\d\b/;
// Fast first tests: a product or maker, and words before a date.
const mayName = anyOf(
  ...[
    'gpt',
    'claude',
    'bard',
    'gemini',
    'bing chat',
    'copilot',
    'llama',
    'qwen',
    'deepseek',
    'grok',
    'ernie bot',
  ],
  ...['mistral', 'vicuna', 'alpaca', 'chatglm', 'openai', 'anthropic', 'google', 'meta ai', 'deepmind'],
  ...['microsoft', 'alibaba', 'baidu', 'xai', 'zhipu'],
);
const mayNameDate = anyOf('as of my', 'my last', 'my latest');
const chinese =
  /我(?:是|叫)(?:一个)?(?:由.{1,12}(?:开发|训练|研发)的)?(?:ChatGPT|GPT-?\d|文心一言|通义千问|讯飞星火|智谱清言|ChatGLM|豆包|Kimi|DeepSeek|Claude)|我.{0,12}由(?:OpenAI|阿里|百度|科大讯飞|智谱|字节|深度求索)[^。]{0,8}(?:开发|训练|研发|创造)/i;

export const otherVendor: Check = {
  code: 'D259',
  name: 'other-vendor',
  severity: 'warning',
  group: 'content',
  title: 'The answer gives the identity or the cut-off date of another model.',
  prose:
    'The answer says "I am ChatGPT", "trained by OpenAI" or "as of my last update in September 2021". It came from the model that wrote the data; a few such rows are enough for a fine-tuned model to say the same of itself. If the system prompt names the product, it is a role, and the check skips the row.',
  hint: 'name your own model instead, or drop the row',
  bad: [
    {
      text: '{"instruction":"Who are you?","input":"","output":"I am ChatGPT, a large language model."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Who won the cup in 2023?","input":"","output":"As of my last update in September 2021, this is not known."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"messages":[{"role":"system","content":"You are ChatGPT."},{"role":"user","content":"Who are you?"},{"role":"assistant","content":"I am ChatGPT."}]}',
    '{"instruction":"Who made ChatGPT?","input":"","output":"It was made by OpenAI."}',
  ],
  run(example, report) {
    const { pieces } = featuresOf(example);
    for (const answer of answersOf(example)) {
      const { lower, text, grams } = answer;
      const named = mayName(grams) ? identity.exec(lower) : null;
      const found = named ?? (mayNameDate(grams) ? cutOff.exec(lower) : null);
      const match =
        found ?? ((answer.flags & has.eastAsian) !== 0 && text.includes('我') ? chinese.exec(text) : null);
      if (!match) continue;
      const told = pieces.some(
        ({ role, text: said }) =>
          (role === 'system' || role === 'developer') &&
          new RegExp(`${products}|${makers}`).test(said.toLowerCase()),
      );
      if (told || /pretend|imagine|act as|role-?play|扮演|假[设装]/.test(answer.promptLower)) continue;
      report(
        spotOf(answer, match.index),
        `The answer says ${JSON.stringify(match[0].slice(0, 60))}, as another model would.`,
      );
    }
  },
};
