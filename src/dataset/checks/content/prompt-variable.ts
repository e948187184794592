import { has } from '../../text/char-flags.ts';
import { answersOf, asksForCode, looksLikeCode } from '../../text/features.ts';
import type { Check } from '../check.ts';
import { anonymous, asksForVariables, formula, isMark, variable } from './template-variable.ts';

const talksOfForm =
  /replace|fill in|fill out|curly|brace|bracket|format|set of|\bsets?\b|regex|latex|equation|\$/;

export const promptVariable: Check = {
  code: 'D252',
  name: 'prompt-variable',
  severity: 'warning',
  group: 'content',
  saidBy: { code: 'D040', within: 2 },
  title: 'A variable in the prompt was not filled in.',
  prose:
    'The prompt holds `{doc_type}`, `{{name}}`, `<CUSTOMER_NAME>` or the like in plain prose, and the answer does not speak of it: the script that built the row did not fill it in. The model learns to answer questions that say nothing. The check skips prompts about templates, code or formulas.',
  hint: 'fill in the variable when the dataset is built, or drop the row',
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Can we {action} our {doc_type} without approval?"},{"role":"assistant","content":"This needs proper document control."}]}',
      pointer: '/messages/0/content',
    },
    {
      text: '{"instruction":"Where is the order of <CUSTOMER_NAME>?","input":"","output":"It was sent on Monday."}',
      pointer: '/instruction',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"What does {name} stand for in this template: Dear {name}?"},{"role":"assistant","content":"For the name of the reader."}]}',
    '{"instruction":"What does the f-string {user} print?","input":"","output":"The value of user."}',
    '{"instruction":"Is {two, four} a set of even numbers?","input":"","output":"Yes."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { instruction: prompt, promptLower, promptFlags, message } = answer;
      if (
        (promptFlags & (has.brace | has.percent | has.less | has.bracket)) === 0 ||
        answer.text.includes('{')
      )
        continue;
      const found = variable.exec(prompt);
      if (!found || asksForCode(promptLower) || looksLikeCode(prompt) || looksLikeCode(answer.text)) continue;
      // Anonymised texts contain such marks on purpose.
      if (isMark.test(found[0]) && anonymous.test(answer.lower)) continue;
      if (asksForVariables.test(promptLower) || talksOfForm.test(promptLower) || formula.test(prompt))
        continue;
      const asked = example.messages.findLastIndex(
        ({ role }, i) => role === 'user' && (answer.list !== undefined || i < message),
      );
      report(
        { message: asked, field: 'content', inside: found.index },
        `The prompt holds the unfilled variable ${JSON.stringify(found[0])}.`,
      );
    }
  },
};
