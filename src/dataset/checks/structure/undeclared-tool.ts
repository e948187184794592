import { quote } from '../../across/wording.ts';
import { toolName } from '../../meaning/tool-schema.ts';
import type { Check } from '../check.ts';

const mostNames = 5;

const tools = '[{"type":"function","function":{"name":"weather"}}]';
const calling = (name: string) =>
  `{"tools":${tools},"messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"${name}","arguments":{}}}]}]}`;

export const undeclaredTool: Check = {
  code: 'D031',
  name: 'undeclared-tool',
  severity: 'warning',
  title: 'A call names a tool that is not in the list.',
  prose:
    'The row lists its tools, and the assistant calls another one. The model would learn to call functions that it was not given.',
  hint: 'correct the name, or add the tool to the list',
  bothSides: true,
  bad: [{ text: calling('wether'), pointer: '/messages/1/tool_calls/0' }],
  good: [calling('weather')],
  run(example, report) {
    if (!example.tools?.length) return;
    const names = new Set(example.tools.map(toolName));
    for (const [i, message] of example.messages.entries())
      for (const [n, each] of (message.tool_calls ?? []).entries())
        if (!names.has(each.function.name))
          report(
            { message: i, field: 'tool_calls', below: `/${n}` },
            `The tool ${quote(each.function.name)} is not in the row's tools: ${listNames(names)}.`,
          );
  },
};

function listNames(names: ReadonlySet<unknown>): string {
  const shown = [...names].slice(0, mostNames).map((name) => quote(String(name)));
  return `${shown.join(', ')}${names.size > mostNames ? ` and ${names.size - mostNames} more` : ''}`;
}
