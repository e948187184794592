import { quote } from '../../across/wording.ts';
import { toolName } from '../../meaning/tool-schema.ts';
import type { Check } from '../check.ts';

const chat =
  '"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]';
const tool = (name: string): string => `{"type":"function","function":{"name":"${name}","parameters":{}}}`;

export const repeatedTool: Check = {
  code: 'D069',
  name: 'repeated-tool',
  severity: 'warning',
  title: 'A tool is declared twice.',
  prose:
    'Two tools of the row have the same name. The prompt shows both, and nothing says which of them a call means. Often a list was joined with itself.',
  hint: 'keep one of the declarations, or rename one',
  bad: [
    {
      text: `{"tools":[${tool('weather')},${tool('hours')},${tool('weather')}],${chat}}`,
      pointer: '/tools/2',
    },
  ],
  good: [`{"tools":[${tool('weather')},${tool('hours')}],${chat}}`],
  run({ tools }, report) {
    if (!tools || tools.length < 2) return;
    const seen = new Set<unknown>();
    for (const [i, each] of tools.entries()) {
      const name = toolName(each);
      if (seen.has(name))
        report({ message: -1, tool: i }, `The tool ${quote(String(name))} is declared twice.`);
      seen.add(name);
    }
  },
};
