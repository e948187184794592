// sharegpt: `{"conversations": [{"from", "value"}…], "system"?, "tools"?}`; also with role and content as keys.
import { textOf } from '../content.ts';
import type { Example, Message, Role } from '../example.ts';
import { firstKey, isRow, readMeta } from './fields.ts';
import type { Format, Row } from './format.ts';
import { type Feature, missingFeatures, splitMeta } from './leftovers.ts';
import { preference } from './preference.ts';
import { readTools } from './tools.ts';
import { locateTurn, readTurns, type TurnStyle } from './turns.ts';

const style: TurnStyle = {
  roles: new Map<string, Role | 'call'>([
    ['system', 'system'],
    ['human', 'user'],
    ['gpt', 'assistant'],
    ['function_call', 'call'],
    ['observation', 'tool'],
    ['user', 'user'],
    ['assistant', 'assistant'],
    ['tool', 'tool'],
    ['developer', 'developer'],
    ['chatgpt', 'assistant'],
    ['bot', 'assistant'],
    ['model', 'assistant'],
    ['tool_call', 'call'],
    ['tool_response', 'tool'],
    ['function_response', 'tool'],
    ['function', 'tool'],
  ]),
  roleKeys: ['from', 'role'],
  contentKeys: ['value', 'content'],
};

const listKeys = ['conversations', 'conversation', 'messages'];
const rowKeys = new Set([...listKeys, 'tools', 'functions', 'system']);
const names: Record<Role, string> = {
  system: 'system',
  developer: 'developer',
  user: 'human',
  assistant: 'gpt',
  tool: 'observation',
};
const holds = new Set<Feature>(['tools', 'developer messages', 'tool results', 'tool calls', 'weights']);

export const sharegpt: Format = {
  name: 'sharegpt',
  shape: '"conversations" with "from" and "value"',
  matches(row) {
    if (preference.matches(row)) return false;
    if (Array.isArray(row.conversations) || Array.isArray(row.conversation)) return true;
    const first: unknown = Array.isArray(row.messages) ? row.messages[0] : undefined;
    return isRow(first) && 'from' in first;
  },
  parse(row, raise): Example | null {
    const messages = readTurns(row, listKey(row), style, raise);
    const toolsKey = row.tools === undefined ? 'functions' : 'tools';
    const raw = row[toolsKey] ?? undefined;
    const tools = raw === undefined ? [] : readTools(raw, `/${toolsKey}`, raise);
    const meta = readMeta(row, rowKeys, raise);
    if (!messages || !tools) return null;
    return tools.length > 0 ? { messages, tools, meta } : { messages, meta };
  },
  locate: (row, spot) => locateTurn(row, listKey(row), style, spot),
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const row: Row = { ...kept, conversations: example.messages.map(renderTurn) };
    // As LLaMA-Factory and its data sets have it: the list of tools as JSON text.
    if (example.tools) row.tools = JSON.stringify(example.tools);
    return { row, lost: [...missingFeatures(example, holds), ...lost] };
  },
};

function listKey(row: Row): string {
  return firstKey(row, listKeys) ?? 'conversations';
}

function renderTurn(message: Message): Row {
  const weight = message.train === false ? { weight: 0 } : {};
  if (!message.tool_calls)
    return { from: names[message.role], value: textOf(message.content) ?? '', ...weight };
  const calls = message.tool_calls.map((call) => call.function);
  return {
    from: 'function_call',
    value: JSON.stringify(calls.length === 1 ? calls[0] : calls),
    ...weight,
  };
}
