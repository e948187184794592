import { answersOf, has, looksLikeCode, spotOf } from '../text/features.ts';
import type { Check } from './check.ts';

const own = /^(?:A|AI|Assistant|ASSISTANT|Bot|Chatbot|ChatGPT|GPT)\s*[:：]\s/;
const other = /(?:^|[\n.?!。？！])\s*(?:Human|Patient|###\s*(?:Human|User)|患者|用户)\s*[:：]\s*\S/;
const termLine = /^(?!Human|Patient|User|Assistant|AI|Doctor|Answer|A:)\p{Lu}[\p{L} ]{1,24}: \S/mu;
const asksForDialogue =
  /dialog|conversation|interview|script|scene|\bplay\b|role-?play|chat|transcript|skit|q&a|faq|q:|exchange|argument between|debate|两人|对话|访谈/;

export const speakerLabel: Check = {
  code: 'D254',
  name: 'speaker-label',
  severity: 'warning',
  group: 'content',
  title: 'The answer holds the label of a speaker.',
  prose:
    'The answer opens with `A:` or `Assistant:`, or goes on to speak for somebody else (`Patient: …`, `Human: …`): a transcript was cut at the wrong place. The model learns to write the label, or the other side of the conversation. The check skips prompts that ask for a dialogue or use such labels themselves.',
  hint: 'remove the label; move what the other speaker says into a turn of its own',
  bad: [
    {
      text: '{"instruction":"How long do eight potatoes take?","input":"","output":"Assistant: About twenty minutes."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Doctor, my wrist hurts.","input":"","output":"Have you had a sprain? Patient: Yes, last week."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Write a dialogue of a doctor and a patient.","input":"","output":"Doctor: How are you? Patient: Well."}',
    '{"instruction":"Which grade did I get?","input":"","output":"You got an A: well done."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & (has.colon | has.eastAsian)) === 0) continue;
      const { text, promptLower, prompt } = answer;
      const found = own.exec(text) ?? other.exec(text);
      // A list of terms, each with its word: none of them speaks.
      if (!found || termLine.test(text) || asksForDialogue.test(promptLower) || looksLikeCode(text)) continue;
      const label = found[0]
        .replace(/^[\s.?!。？！]+/, '')
        .replace(/[:：][\s\S]*$/, '')
        .trim();
      if (prompt.includes(`${label}:`) || prompt.includes(`${label}：`)) continue;
      report(
        spotOf(answer, found.index),
        `The answer holds the speaker label ${JSON.stringify(`${label}:`)}.`,
      );
    }
  },
};
