import { quote } from '../../across/wording.ts';
import { readToolSchema, toolName } from '../../meaning/tool-schema.ts';
import type { Check } from '../check.ts';

const chat =
  '"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]';
const tool = (parameters: string): string =>
  `{"tools":[{"type":"function","function":{"name":"hours","parameters":${parameters}}}],${chat}}`;

export const brokenTool: Check = {
  code: 'D070',
  name: 'broken-tool',
  severity: 'warning',
  title: 'The declared parameters of a tool are broken.',
  prose:
    'The parameters are not an object, a schema is not valid, a list of values is empty, a parameter is required but not declared, or a reference leads nowhere. Calls of such a tool cannot be compared with it, and a server that reads the declaration refuses it.',
  hint: 'write the parameters as a JSON Schema: {"type":"object","properties":{…},"required":[…]}',
  bad: [
    { text: tool('["day"]'), pointer: '/tools/0' },
    { text: tool('{"type":"object","properties":{"day":"string"}}'), pointer: '/tools/0' },
    {
      text: tool('{"type":"object","properties":{"day":{"type":"string"}},"required":["date"]}'),
      pointer: '/tools/0',
    },
    { text: tool('{"type":"object","properties":{"day":{"$ref":"#/$defs/day"}}}'), pointer: '/tools/0' },
  ],
  good: [
    tool('{"type":"object","properties":{"day":{"type":"string"}},"required":["day"]}'),
    tool('{"day":{"type":"str","description":"Which day"}}'),
    tool('{}'),
  ],
  run({ tools }, report) {
    for (const [i, each] of (tools ?? []).entries()) {
      const { fault } = readToolSchema(each);
      if (fault !== null)
        report(
          { message: -1, tool: i },
          `The tool ${quote(String(toolName(each)))} is declared wrongly: ${fault}.`,
        );
    }
  },
};
