// Lists of turns, as chatml (role, content) and sharegpt (from, value) rows carry them.
import type { Spot } from '../checks/check.ts';
import { invalidToolCall } from '../checks/invalid-tool-call.ts';
import { missingField } from '../checks/missing-field.ts';
import { unknownRole } from '../checks/unknown-role.ts';
import { wrongType } from '../checks/wrong-type.ts';
import type { Message, Role, ToolCall } from '../example.ts';
import {
  firstKey,
  isRow,
  messageWeightKeys,
  noteMessageKeys,
  readContent,
  readTrained,
  typeName,
} from './fields.ts';
import type { Location, Raise, Row } from './format.ts';
import { parseJson, readToolCall, readToolCalls } from './tools.ts';

/** How a format words its turns. `call` is a role whose content is a tool call. */
export interface TurnStyle {
  roles: ReadonlyMap<string, Role | 'call'>;
  roleKeys: readonly string[];
  contentKeys: readonly string[];
}

const reasoningKeys = ['reasoning_content', 'reasoning', 'thinking'];
const commonKeys = [
  ...reasoningKeys,
  ...messageWeightKeys,
  'name',
  'tool_calls',
  'tool_call_id',
  'function_call',
];
const knownKeys = new WeakMap<TurnStyle, ReadonlySet<string>>();

function known(style: TurnStyle): ReadonlySet<string> {
  let keys = knownKeys.get(style);
  if (!keys) {
    keys = new Set([...style.roleKeys, ...style.contentKeys, ...commonKeys]);
    knownKeys.set(style, keys);
  }
  return keys;
}

/** The messages of a row, after an optional top-level `system` text; null where a finding says why there are none. */
export function readTurns(row: Row, listKey: string, style: TurnStyle, raise: Raise): Message[] | null {
  const list = row[listKey];
  if (!Array.isArray(list)) {
    raise(wrongType, `/${listKey}`, `"${listKey}" should be a list of messages, but is ${typeName(list)}.`);
    return null;
  }
  const messages: Message[] = [];
  let failed = false;
  if (hasSystem(row)) messages.push({ role: 'system', content: row.system as string });
  else if (row.system !== undefined && row.system !== null && typeof row.system !== 'string') {
    raise(wrongType, '/system', `"system" should be text, but is ${typeName(row.system)}.`);
    failed = true;
  }
  for (let i = 0; i < list.length; i += 1) {
    const message = readTurn(list[i], `/${listKey}/${i}`, style, raise);
    if (message) messages.push(message);
    else failed = true;
  }
  return failed ? null : messages;
}

function hasSystem(row: Row): boolean {
  return typeof row.system === 'string' && row.system !== '';
}

function readTurn(value: unknown, pointer: string, style: TurnStyle, raise: Raise): Message | null {
  if (!isRow(value)) {
    raise(wrongType, pointer, `A message should be an object, but is ${typeName(value)}.`);
    return null;
  }
  const roleKey = firstKey(value, style.roleKeys);
  if (roleKey === undefined) {
    raise(missingField, pointer, `The message has no "${style.roleKeys[0]}".`);
    return null;
  }
  const word = value[roleKey];
  const role = typeof word === 'string' ? style.roles.get(word) : undefined;
  if (role === undefined) {
    raiseRole(word, `${pointer}/${roleKey}`, style, raise);
    return null;
  }
  noteMessageKeys(value, known(style), pointer, raise);
  const contentKey = style.contentKeys.find((key) => value[key] !== undefined);
  if (role === 'call') return readCallTurn(value, contentKey, pointer, raise);
  return readPlainTurn(value, role, contentKey, pointer, style, raise);
}

function readPlainTurn(
  turn: Row,
  role: Role,
  contentKey: string | undefined,
  pointer: string,
  style: TurnStyle,
  raise: Raise,
): Message | null {
  const calls = readCalls(turn, role, pointer, raise);
  if (calls === undefined) return null;
  if (contentKey === undefined && calls.length === 0) {
    raise(missingField, pointer, `The ${role} message has no "${style.contentKeys[0]}".`);
    return null;
  }
  const content =
    contentKey === undefined ? null : readContent(turn[contentKey], `${pointer}/${contentKey}`, raise);
  if (content === undefined) return null;
  const trained = readTrained(turn, role, pointer, raise);
  if (trained === undefined) return null;
  // Beside tool calls no text and empty text are the same thing.
  const message: Message = { role, content: calls.length > 0 && content === '' ? null : content };
  if (calls.length > 0) message.tool_calls = calls;
  if (typeof turn.tool_call_id === 'string' && turn.tool_call_id !== '')
    message.tool_call_id = turn.tool_call_id;
  if (typeof turn.name === 'string' && turn.name !== '') message.name = turn.name;
  const reasoning = firstKey(turn, reasoningKeys);
  if (reasoning !== undefined && turn[reasoning] !== '') {
    if (typeof turn[reasoning] !== 'string') {
      raise(
        wrongType,
        `${pointer}/${reasoning}`,
        `"${reasoning}" should be text, but is ${typeName(turn[reasoning])}.`,
      );
      return null;
    }
    message.reasoning_content = turn[reasoning];
  }
  if (!trained && role === 'assistant') message.train = false;
  return message;
}

function readCalls(turn: Row, role: Role, pointer: string, raise: Raise): ToolCall[] | undefined {
  const list = turn.tool_calls ?? undefined;
  const single = turn.function_call ?? undefined;
  if (list === undefined && single === undefined) return [];
  if (role !== 'assistant' && !(Array.isArray(list) && list.length === 0)) {
    const key = list === undefined ? 'function_call' : 'tool_calls';
    raise(invalidToolCall, `${pointer}/${key}`, `A ${role} message cannot call tools.`);
    return undefined;
  }
  if (list !== undefined) return readToolCalls(list, `${pointer}/tool_calls`, raise);
  const call = readToolCall(single, `${pointer}/function_call`, raise);
  return call && [call];
}

// sharegpt's function_call turn: the call, or several, as JSON in the text.
function readCallTurn(
  turn: Row,
  contentKey: string | undefined,
  pointer: string,
  raise: Raise,
): Message | null {
  const value = contentKey === undefined ? undefined : turn[contentKey];
  const at = contentKey === undefined ? pointer : `${pointer}/${contentKey}`;
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (!isRow(parsed) && !Array.isArray(parsed)) {
    raise(invalidToolCall, at, 'The function_call turn holds no JSON object {"name", "arguments"}.');
    return null;
  }
  // Inside a JSON string no pointer leads further: the turn's own text is the place.
  const raiseHere: Raise = (check, _pointer, message, extra) => raise(check, at, message, extra);
  const calls = readToolCalls(Array.isArray(parsed) ? parsed : [parsed], at, raiseHere);
  const trained = readTrained(turn, 'assistant', pointer, raise);
  if (!calls?.length || trained === undefined) {
    if (calls?.length === 0) raise(invalidToolCall, at, 'The function_call turn holds no call.');
    return null;
  }
  return { role: 'assistant', content: null, tool_calls: calls, ...(!trained && { train: false as const }) };
}

function raiseRole(word: unknown, pointer: string, style: TurnStyle, raise: Raise): void {
  if (typeof word !== 'string') {
    raise(wrongType, pointer, `The role should be text, but is ${typeName(word)}.`);
    return;
  }
  const meant = style.roles.has(word.trim().toLowerCase()) ? word.trim().toLowerCase() : undefined;
  raise(unknownRole, pointer, `The role ${JSON.stringify(word.slice(0, 60))} is unknown.`, {
    hint: meant ? `write "${meant}"` : `use one of ${[...style.roles.keys()].slice(0, 9).join(', ')}`,
  });
}

/** Where a place in the messages lies in the raw row. */
export function locateTurn(row: Row, listKey: string, style: TurnStyle, spot: Spot): Location {
  const offset = hasSystem(row) ? 1 : 0;
  if (spot.message < 0) return { pointer: `/${listKey}` };
  const inside = spot.inside === undefined ? {} : { inside: spot.inside };
  if (spot.message < offset) return { pointer: '/system', ...inside };
  const index = spot.message - offset;
  const pointer = `/${listKey}/${index}`;
  const list = row[listKey];
  const turn: unknown = Array.isArray(list) ? list[index] : undefined;
  if (!isRow(turn) || spot.field === undefined) return { pointer };
  const contentKey = style.contentKeys.find((key) => turn[key] !== undefined) ?? style.contentKeys[0];
  if (spot.field === 'role') return { pointer: `${pointer}/${firstKey(turn, style.roleKeys)}` };
  if (spot.field === 'content') return { pointer: `${pointer}/${contentKey}`, ...inside };
  if (spot.field === 'tool_calls' && turn.tool_calls === undefined)
    return { pointer: `${pointer}/${turn.function_call === undefined ? contentKey : 'function_call'}` };
  if (spot.field === 'reasoning_content')
    return { pointer: `${pointer}/${firstKey(turn, reasoningKeys) ?? ''}`, ...inside };
  return { pointer: `${pointer}/${spot.field}${spot.below ?? ''}` };
}
