import { has } from '../../text/char-flags.ts';
import { answersOf, looksLikeCode, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const own = /^(?:A|AI|Assistant|ASSISTANT|Bot|Chatbot|ChatGPT|GPT)\s*[:：]\s/;
// Labels that instruction templates put before an answer.
const heading = /^#{2,4} ?(?:Response|Assistant|Instruction|Human|User)\s*[:：]/;
const other = /(?:^|[\n.?!。？！])\s*(?:Human|Patient|###\s*(?:Human|User)|患者|用户)\s*[:：]\s*\S/;
const termLine = /^(?!Human|Patient|User|Assistant|AI|Doctor|Answer|A:)\p{Lu}[\p{L} ]{1,24}: \S/mu;
const asksForDialogue =
  /dialog|conversation|interview|script|scene|\bplay\b|role-?play|chat|transcript|skit|q&a|faq|q:|exchange|argument between|debate|两人|对话|访谈/;

/** The prompt is a transcript: it begins with a speaker label and ends where the answer must continue. */
const opens = /^\s*(?:###\s*)?(?:Human|HUMAN|User|USER|Instruction)\s?:|^\s*Below is an instruction that/;
const ends = /\n\s*((?:###\s*)?(?:Assistant|ASSISTANT|AI|Bot|Response)\s?:)\s*$/;

export const speakerLabel: Check = {
  code: 'D254',
  name: 'speaker-label',
  severity: 'warning',
  group: 'content',
  title: 'A text holds the label of a speaker.',
  prose:
    'The answer opens with `A:`, `Assistant:` or `### Response:`, or goes on to speak for somebody else (`Patient: …`, `Human: …`): a transcript was cut at the wrong place. The model learns to write the label, or the other side of the conversation. The check skips prompts that ask for a dialogue or use such labels themselves. A prompt that opens with `Human:` or `### Instruction:` and ends with `Assistant:` or `### Response:` was written out as one text: its labels, and its earlier turns, become part of what the user says.',
  hint: 'remove the label; move what another speaker says into a turn of its own',
  bad: [
    {
      text: '{"instruction":"How long do eight potatoes take?","input":"","output":"Assistant: About twenty minutes."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Doctor, my wrist hurts.","input":"","output":"Have you had a sprain? Patient: Yes, last week."}',
      pointer: '/output',
    },
    {
      text: '{"prompt":"Human: Is the shop open?\\n\\nAssistant:","completion":"Until six."}',
      pointer: '/prompt',
    },
    {
      text: '{"instruction":"How long do eight potatoes take?","input":"","output":"### Response:\\nAbout twenty minutes."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Show the Alpaca template with ### Response: in it.","input":"","output":"### Instruction:\\nAsk.\\n\\n### Response:\\nAnswer."}',
    '{"instruction":"Write a dialogue of a doctor and a patient.","input":"","output":"Doctor: How are you? Patient: Well."}',
    '{"instruction":"Which grade did I get?","input":"","output":"You got an A: well done."}',
  ],
  run(example, report) {
    for (const [message, { role, content }] of example.messages.entries()) {
      if (role !== 'user' || typeof content !== 'string' || !content.trimEnd().endsWith(':')) continue;
      const found = opens.test(content) ? ends.exec(content) : null;
      if (found)
        report(
          { message, field: 'content', inside: found.index },
          `The prompt ends with the label ${JSON.stringify(found[1])}: its turns were written out as one text.`,
        );
    }
    for (const answer of answersOf(example)) {
      if ((answer.flags & (has.colon | has.eastAsian)) === 0) continue;
      const { text, promptLower, prompt } = answer;
      const template = (answer.flags & has.hash) !== 0 ? heading.exec(text) : null;
      const found = template ?? own.exec(text) ?? other.exec(text);
      // A list of terms with explanations is not a dialogue.
      if (!found || (template && prompt.includes('##'))) continue;
      if (!template && (termLine.test(text) || asksForDialogue.test(promptLower) || looksLikeCode(text)))
        continue;
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
