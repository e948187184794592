// chatml: `{"messages": [{"role", "content"}…], "tools"?}`, as chat APIs and chat templates have it.
import type { Example, Message, Role } from '../example.ts';
import { readMeta } from './fields.ts';
import type { Format, Row } from './format.ts';
import { type Feature, missingFeatures, splitMeta } from './leftovers.ts';
import { preference } from './preference.ts';
import { readTools } from './tools.ts';
import { locateTurn, readTurns, type TurnStyle } from './turns.ts';

const style: TurnStyle = {
  roles: new Map<string, Role>([
    ['system', 'system'],
    ['developer', 'developer'],
    ['user', 'user'],
    ['assistant', 'assistant'],
    ['tool', 'tool'],
    // What chat APIs called a tool's answer before they had tools.
    ['function', 'tool'],
  ]),
  roleKeys: ['role'],
  contentKeys: ['content'],
};

const rowKeys = new Set(['messages', 'tools', 'functions', 'system']);
const holds = new Set<Feature>([
  'tools',
  'developer messages',
  'tool results',
  'tool calls',
  'tool call ids',
  'text beside tool calls',
  'messages without content',
  'message names',
  'reasoning',
  'weights',
]);

export const chatml: Format = {
  name: 'chatml',
  shape: '"messages" with "role" and "content"',
  matches(row) {
    if (!Array.isArray(row.messages) || preference.matches(row)) return false;
    const first: unknown = row.messages[0];
    return first === undefined || (typeof first === 'object' && first !== null && !('from' in first));
  },
  parse(row, raise): Example | null {
    const messages = readTurns(row, 'messages', style, raise);
    const toolsKey = row.tools === undefined ? 'functions' : 'tools';
    const raw = row[toolsKey] ?? undefined;
    const tools = raw === undefined ? [] : readTools(raw, `/${toolsKey}`, raise);
    const meta = readMeta(row, rowKeys, raise);
    if (!messages || !tools) return null;
    return tools.length > 0 ? { messages, tools, meta } : { messages, meta };
  },
  locate: (row, spot) => locateTurn(row, 'messages', style, spot),
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const row: Row = { ...kept, messages: example.messages.map(renderMessage) };
    if (example.tools) row.tools = example.tools;
    return { row, lost: [...missingFeatures(example, holds), ...lost] };
  },
};

function renderMessage({ train, ...message }: Message): Row {
  return train === false ? { ...message, weight: 0 } : message;
}
