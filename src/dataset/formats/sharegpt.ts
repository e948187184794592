// sharegpt: `{"conversations": [{"from", "value"}…], "system"?, "tools"?}`; also with role and content as keys.
import { textOf } from '../content.ts';
import { exactJson } from '../exact-json.ts';
import { type Message, type Role, switchedOff } from '../example.ts';
import { anyOf, firstFilled, firstKey, isRow } from './fields.ts';
import type { Row, WritableFormat } from './format.ts';
import type { Layout } from './layout.ts';
import { type Feature, missingFeatures, splitMeta } from './leftovers.ts';
import { preference } from './preference.ts';
import { spokenTurns } from './roles.ts';
import { systemKeys, toolsKeys, usedKeys } from './text-keys.ts';
import { locateTurn, parseTurns } from './turns.ts';

const listKeys = ['conversations', 'conversation', 'messages'];
const turnKeys = ['from', 'role', 'value', 'content'];
const rowKeys = new Set([...listKeys, ...systemKeys, ...toolsKeys]);
const names: Record<Role, string> = {
  system: 'system',
  developer: 'developer',
  user: 'human',
  assistant: 'gpt',
  tool: 'observation',
  // Not used, because renderRow does not pass documents.
  document: 'document',
};

export const sharegpt: WritableFormat = {
  name: 'sharegpt',
  shape: '"conversations" with "from" and "value"',
  matches(row) {
    if (preference.matches(row)) return false;
    for (const key of ['conversations', 'conversation']) {
      const list = row[key];
      if (!Array.isArray(list)) continue;
      const first: unknown = list.find(isRow);
      // A mapping reads turns in other shapes.
      if (list.length === 0 || (isRow(first) && turnKeys.some((name) => name in first))) return true;
    }
    const first: unknown = Array.isArray(row.messages) ? row.messages.find(isRow) : undefined;
    return isRow(first) && 'from' in first;
  },
  parse: (row, raise) => parseTurns(row, layoutOf(row), usedKeys(row, rowKeys), raise),
  locate: (row, spot) => locateTurn(row, layoutOf(row), spot),
  holds: new Set<Feature>(['tools', 'developer messages', 'tool results', 'tool calls', 'weights']),
  inConfig: 'source',
  doc: {
    row: '{"system":"Be brief.","conversations":[{"from":"human","value":"Open today?"},{"from":"gpt","value":"Until six."}]}',
    prose: [
      `- The list is under ${anyOf(listKeys)}; a turn has \`from\` and \`value\`, or \`role\` and \`content\`.`,
      ...(['system', 'developer', 'user', 'assistant', 'tool', 'call'] as const).map(
        (role) =>
          `- ${role === 'call' ? 'A turn whose text is a tool call, or a list of them, as JSON' : role}: ${wordsFor(role)}.`,
      ),
      `- A system text may be beside the list, under ${anyOf(systemKeys)}; tools, as a list or as JSON text, under ${anyOf(toolsKeys)}.`,
      '- Weights, parts, tool calls and reasoning inside a turn are read as in chatml.',
    ].join('\n'),
    toldBy: '`conversations`',
  },
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const row: Row = { ...kept, conversations: example.messages.map(renderTurn) };
    // As in LLaMA-Factory and its datasets: the list of tools as JSON text.
    if (example.tools) row.tools = exactJson(example.tools);
    return { row, lost: [...missingFeatures(example, sharegpt.holds), ...lost] };
  },
};

function wordsFor(role: Role | 'call'): string {
  return anyOf([...spokenTurns.roles].flatMap(([word, meant]) => (meant === role ? [word] : [])));
}

function layoutOf(row: Row): Layout {
  return {
    messages: firstKey(row, listKeys) ?? 'conversations',
    system: firstFilled(row, systemKeys),
    tools: firstFilled(row, toolsKeys),
    style: spokenTurns,
  };
}

function renderTurn(message: Message): Row {
  const weight = message.train === false || message[switchedOff] ? { weight: 0 } : {};
  if (!message.tool_calls)
    return { from: names[message.role], value: textOf(message.content) ?? '', ...weight };
  const calls = message.tool_calls.map((call) => call.function);
  return {
    from: 'function_call',
    value: exactJson(calls.length === 1 ? calls[0] : calls),
    ...weight,
  };
}
