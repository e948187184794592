import { answersOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const words =
  /^(?:(?:grand|sub)?[ -]?totals?|sum|(?:row )?count|average|mean|median|rows?|records?|summe|gesamt|insgesamt|anzahl|somme|moyenne|suma|totale|итого|всего|合计|总计|小计|合計|总数)\s*[:：]?$/;
const number = /^[-+]?[\d.,\s]{1,20}%?$/;

export const summaryRow: Check = {
  code: 'D263',
  name: 'summary-row',
  severity: 'warning',
  group: 'content',
  title: 'The row is the last line of a table: a total, a count or an average.',
  prose:
    'The prompt is `Total` or the like and the answer is a number. Spreadsheets and queries put such a line below their rows, and an export takes it along. It is not an example.',
  hint: 'remove the line from the file',
  bad: [
    {
      text: 'instruction,input,output\nName a colour.,,Blue.\nName a fruit.,,Plum.\nTotal,,2\n',
      file: 'rows.csv',
      pointer: '/instruction',
    },
  ],
  good: [
    'instruction,input,output\nName a colour.,,Blue.\nWhat is the total of 1 and 2?,,3\n',
    '{"instruction":"Total","input":"3 apples and 2 pears","output":"5"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { prompt, promptLower, text, turn, message } = answer;
      if (turn > 0 || prompt.length > 20 || text.length > 20) continue;
      if (!words.test(promptLower.trim()) || !number.test(text)) continue;
      const asked = example.messages.findLastIndex(({ role }, i) => role === 'user' && i < message);
      if (asked < 0 || example.messages.length > 2) continue;
      report(
        { message: asked, field: 'content' },
        `The row says "${prompt.trim()}" and a number: a line below a table.`,
      );
    }
  },
};
