import { quote } from '../../across/wording.ts';
import type { Schema } from '../../meaning/bounded-schema.ts';
import { judgeArguments, readToolSchema, toolName } from '../../meaning/tool-schema.ts';
import type { Check } from '../check.ts';

const shownFaults = 3;
const tools = JSON.stringify([
  {
    type: 'function',
    function: {
      name: 'weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer' }, unit: { enum: ['c', 'f'] } },
        required: ['city'],
      },
    },
  },
]);
const calling = (args: string, declared = tools): string =>
  `{"tools":${declared},"messages":[{"role":"user","content":"Weather in Oslo?"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"weather","arguments":${JSON.stringify(args)}}}]},{"role":"tool","tool_call_id":"a","content":"Rain."},{"role":"assistant","content":"It rains."}]}`;
const pointer = '/messages/1/tool_calls/0';

export const unfitArguments: Check = {
  code: 'D068',
  name: 'unfit-arguments',
  severity: 'warning',
  title: 'The arguments of a call do not fit what its tool declares.',
  prose:
    'An argument is not declared, a required one is missing, or a value is null, of another type or not one of the listed values. The model would learn calls that fail. Arguments are compared with the declared JSON Schema (of OpenAI, Anthropic or MCP, or a plain list of parameters as `{"city": {"type": "str"}}`). A whole number may be written 5.0, and an argument that is not required may be missing. A tool that declares no parameters is not compared. An Arrow table gives all calls the same members, with null for those that a call does not have. In JSON lines as in Parquet, such nulls are removed first, unless the tool allows null.',
  hint: 'correct the call, or the declaration of the tool',
  bothSides: true,
  bad: [
    { text: calling('{"days":2}'), pointer },
    { text: calling('{"city":7}'), pointer },
    { text: calling('{"city":"Oslo","town":"Oslo"}'), pointer },
    { text: calling('{"city":"Oslo","days":null}'), pointer },
    { text: calling('{"city":"Oslo","unit":"k"}'), pointer },
    {
      text: calling(
        '{"city":["Oslo"]}',
        '[{"name":"weather","parameters":{"city":{"type":"str"},"days":{"type":"int, optional"}}}]',
      ),
      pointer,
    },
  ],
  good: [
    calling('{"city":"Oslo","days":5.0}'),
    calling('{"town":"Oslo"}', '[{"name":"weather"}]'),
    calling(
      '{"city":"Oslo"}',
      '[{"name":"weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]',
    ),
  ],
  run({ messages, tools: declared }, report) {
    if (!declared) return;
    for (const [i, message] of messages.entries())
      for (const [n, { function: called }] of (message.tool_calls ?? []).entries()) {
        const tool = declared.find((each) => toolName(each) === called.name);
        const said =
          tool === undefined ? [] : judgeArguments(readToolSchema(tool), called.arguments as Schema);
        if (said.length === 0) continue;
        const more = said.length > shownFaults ? `; and ${said.length - shownFaults} more` : '';
        report(
          { message: i, field: 'tool_calls', below: `/${n}` },
          `The call does not fit the tool ${quote(called.name)}: ${said.slice(0, shownFaults).join('; ')}${more}.`,
        );
      }
  },
};
