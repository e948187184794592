import { has } from '../../text/char-flags.ts';
import { answersOf, asksForCode, looksLikeCode, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

// {{name}}, ${name}, %(name)s, {user_name}, {userName}, <USER_NAME>, [USER_NAME]; LaTeX, sets and the expressions of workflow files (${{ … }}) are left out by
// the text before and inside them.
export const variable =
  /(?<!\$)\{\{\s{0,3}[A-Za-z_][\w. ]{0,40}\}\}|\$\{[A-Za-z_][\w.]{0,40}\}|%\([a-z_]{1,40}\)s|(?<![\w\\${^}])\{[a-z]{2,}(?:_[a-z]+){0,4}\}(?!\})|(?<![\w\\${^])\{[a-z]{2,}(?:[A-Z][a-z]+){1,3}\}(?!\})|(?<![\w\\${^])\{[A-Z]{2,}(?:_[A-Z]+){1,4}\}(?!\})|(?<![\w\])])[<[][A-Z]{2,}(?:_[A-Z]{2,}){1,4}[>\]](?![(\w])|<%=? ?\w{1,40} ?%>/;
export const formula = /\$[^$\n]{0,200}[\\^_=]|\\(?:frac|text|times|begin|left|right|cdot|sqrt|sum)/;
/** `<USER_NAME>` or `[USER_NAME]`. */
export const isMark = /^[<[][A-Z]/;
export const anonymous =
  /anonymi|redact|mask|entit|\bner\b|\btag|annotat|label|token|placeholder|blank|log\b|[<[][a-z]/;
// An answer about such marks mentions them.
const speaksOfThem = /template|placeholder|\bwiki|模板|占位符|变量/;
// If the prompt asks for one of these, variables are expected.
export const asksForVariables =
  /template|workflow|github action|jinja|handlebars|mustache|liquid|helm|terraform|ansible|docker|compose|config|pipeline|yaml|placeholder|variable|mail ?merge|environment|\benv\b|makefile|nginx|cron/;

export const templateVariable: Check = {
  code: 'D103',
  name: 'template-variable',
  severity: 'warning',
  group: 'content',
  title: 'A variable of a template was not filled in.',
  prose:
    'The answer holds `{{name}}`, `{name}`, `<CUSTOMER_NAME>` or the like outside of code, and the prompt does not: the script that built the row did not fill it in, and the model would learn to say it. If the marks are there on purpose, fill them in before you check the dataset.',
  hint: 'fill in the variable when the dataset is built',
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Who are you?"},{"role":"assistant","content":"I am {{name}}, made by {{author}}."}]}',
      pointer: '/messages/1/content',
    },
    {
      text: '{"instruction":"Greet the customer.","input":"","output":"Dear {first_name}, welcome back!"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Greet the customer.","input":"","output":"Dear <CUSTOMER_NAME>, welcome back!"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Print a greeting in Python.","input":"","output":"print(f\\"Hello {name}\\")"}',
    '{"instruction":"Fill in the template: Dear {name}, ...","input":"","output":"Dear {name}, thank you."}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow file
    '{"instruction":"Write a step of a GitHub Actions workflow.","input":"","output":"- run: publish --key ${{ secrets.KEY }}"}',
    '{"instruction":"Write one half as LaTeX.","input":"","output":"\\\\frac{one}{two}"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & (has.brace | has.percent | has.less | has.bracket)) === 0) continue;
      const found = variable.exec(answer.text);
      if (!found || answer.prompt.includes('{') || answer.prompt.includes('%(')) continue;
      // Anonymised texts, and answers that reuse a mark of the prompt.
      if (
        isMark.test(found[0]) &&
        (anonymous.test(answer.promptLower) || answer.prompt.includes(found[0].slice(1, -1)))
      )
        continue;
      if (asksForCode(answer.promptLower) || looksLikeCode(answer.text)) continue;
      if (
        asksForVariables.test(answer.promptLower) ||
        speaksOfThem.test(answer.lower) ||
        formula.test(answer.text)
      )
        continue;
      report(
        spotOf(answer, found.index),
        `The answer holds the unfilled variable ${JSON.stringify(found[0])}.`,
      );
    }
  },
};
