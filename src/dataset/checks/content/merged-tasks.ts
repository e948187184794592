import { has } from '../../text/char-flags.ts';
import { type Answer, answersOf, looksLikeCode, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

// Labels at the start of a line that begin another task or another turn.
const heading = /(?:^|\n)\s{0,3}#{1,4}\s{0,2}(?:instruction|response|human|assistant|user)\s{0,2}:/i;
// Explanations also contain these labels, so they are a task only if one follows the other.
const pairOfHeadings =
  /(?:^|\n)\s{0,3}#{1,4}\s{0,2}(?:input|question)\s{0,2}:[\s\S]{1,2000}?\n\s{0,3}#{1,4}\s{0,2}(?:output|answer)\s{0,2}:/i;
const task =
  /(?:^|\n)[ \t]{0,3}(?:#{2,4}\s{0,2})?(?:\d{1,3}\.\s{0,2})?(?:instruction|task|prompt)\s?\d{0,3}\s?:[^\n]{3,400}\n+[ \t]{0,3}(?:\d{1,3}\.\s{0,2})?(?:input|output|response|answer)\s?\d{0,3}\s?:/i;
const turns =
  /(?:^|\n)[ \t]{0,3}(?:human|user)\s?:[^\n]{1,2000}\n+[ \t]{0,3}(?:assistant|ai|bot|chatbot|gpt|model)\s?:/i;
const nextTurn = /\n\s{0,3}(?:human|user|assistant)\s?: ?\S/i;
// If other lines begin with a word and a colon, "User:" belongs to a list of terms.
const term =
  /(?:^|\n)[ \t]{0,3}(?:[-*•]\s|\d{1,2}[.)]\s)?\*{0,2}(?!(?:human|user|assistant)\b)\p{L}[\p{L} ]{1,30}\*{0,2}\s?:/iu;
// Signs alone on a line, followed by a number, separate tasks in one output; `### 1. Costs` is a heading.
const taskNumber = /\n\s{0,3}#{2,4}[ \t]{0,3}\n\s{0,3}\d{1,3}\.\s/;
const asksForTurns =
  /dialog|conversation|interview|chat|script|q ?& ?a|faq|question|transcript|instruction|prompt|task|template|format|example|对话|role-?play|data ?set/;

export const mergedTasks: Check = {
  code: 'D115',
  name: 'merged-tasks',
  severity: 'warning',
  group: 'content',
  title: 'The answer goes on into another task or turn.',
  prose:
    'The answer holds the beginning of another example: `### Instruction:`, `Instruction: … Output: …`, `User: … Assistant: …`. The rows were cut from generated text at the wrong place, and the model learns to ask itself the next question. Numbered headings and lists of terms are not tasks. The check skips prompts that ask for a dialogue, questions or instructions.',
  hint: 'cut the answer at the end of its own task',
  bad: [
    {
      text: '{"instruction":"Name a colour.","input":"","output":"Blue.\\n\\n### Instruction:\\nName a fruit.\\n\\n### Response:\\nA pear."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Name a colour.","input":"","output":"Blue.\\n\\nUser: And a fruit?\\nAssistant: A pear."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Write a dialogue of a user and an assistant.","input":"","output":"User: Hello.\\nAssistant: Good day."}',
    '{"instruction":"What does this print?","input":"print(1)","output":"Output: 1"}',
    '{"instruction":"What does a move cost?","input":"","output":"That depends.\\n\\n### 1. The van\\n\\nIt costs most.\\n\\n### 2. Helpers\\n\\nThey are paid by the hour."}',
    '{"instruction":"Who may do what?","input":"","output":"Owner: may do everything\\nUser: may read and write\\nGuest: may read"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & has.newline) === 0 || (answer.flags & (has.colon | has.hash)) === 0) continue;
      const found = mayHold(answer.lower) ? find(answer) : null;
      if (found) report(spotOf(answer, found.index), 'The answer goes on into another task or turn.');
    }
  },
};

function find({ text, promptLower, flags }: Answer): RegExpExecArray | null {
  if ((flags & has.hash) !== 0) {
    const found = heading.exec(text) ?? pairOfHeadings.exec(text) ?? taskNumber.exec(text);
    if (found && found.index > 0 && !(asksForTurns.test(promptLower) || looksLikeCode(text))) return found;
  }
  const found = task.exec(text) ?? turns.exec(text) ?? (term.test(text) ? null : nextTurn.exec(text));
  // At the very beginning, it is a label of this answer.
  return found && found.index > 0 && !asksForTurns.test(promptLower) && !looksLikeCode(text) ? found : null;
}

function mayHold(lower: string): boolean {
  return (
    lower.includes('##') ||
    lower.includes('instruction') ||
    lower.includes('human') ||
    lower.includes('user') ||
    lower.includes('assistant') ||
    lower.includes('task')
  );
}
