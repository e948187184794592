// One turn of a conversation: a message with its role, calls, weight and reasoning, or a function_call turn.
import { editDistance } from '../../diagnostics/edit-distance.ts';
import type { Spot } from '../checks/check.ts';
import { invalidToolCall } from '../checks/structure/invalid-tool-call.ts';
import { missingField } from '../checks/structure/missing-field.ts';
import { unknownKey } from '../checks/structure/unknown-key.ts';
import { unknownRole } from '../checks/structure/unknown-role.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { raiseInexactInside } from '../exact-numbers.ts';
import { type Message, type Role, switchedOff, type ToolCall } from '../example.ts';
import { escapePointer } from '../text-position.ts';
import { locateContent, readContent } from './content-parts.ts';
import { firstKey, isRow, messageWeightKeys, noteMessageKeys, readTrained, typeName } from './fields.ts';
import type { Location, Raise, Row } from './format.ts';
import { roleOf } from './roles.ts';
import { parseJson, readId, readToolCall, readToolCalls } from './tools.ts';
import type { TurnStyle } from './turn-style.ts';

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
    keys = new Set([...style.roleKeys, ...style.contentKeys, ...(style.weightKeys ?? []), ...commonKeys]);
    knownKeys.set(style, keys);
  }
  return keys;
}

/** One turn; null with a finding. */
export function readTurn(value: unknown, pointer: string, style: TurnStyle, raise: Raise): Message | null {
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
  const role = roleOf(style, word);
  if (role === undefined) {
    raiseRole(word, `${pointer}/${escapePointer(roleKey)}`, style, raise);
    return null;
  }
  noteMessageKeys(value, known(style), pointer, raise);
  const contentKey = contentKeyOf(value, style);
  noteOther(value, style.roleKeys, roleKey, pointer, raise);
  noteOther(value, style.contentKeys, contentKey, pointer, raise);
  if (role === 'call') return readCallTurn(value, contentKey, pointer, style, raise);
  return readPlainTurn(value, role, contentKey, pointer, style, raise);
}

// A turn with two different values under two names for the same field.
function noteOther(
  turn: Row,
  keys: readonly string[],
  used: string | undefined,
  pointer: string,
  raise: Raise,
): void {
  for (const key of keys) {
    const other = turn[key];
    if (key === used || other === undefined || other === null || used === undefined) continue;
    if (other === turn[used] || other === '') continue;
    raise(
      unknownKey,
      `${pointer}/${escapePointer(key)}`,
      `The key ${JSON.stringify(key)} of a message is not read, because the message has ${JSON.stringify(used)} too.`,
      { data: { key, in: 'message' } },
    );
  }
}

// In columnar files every turn has every key, mostly with null.
function contentKeyOf(turn: Row, style: TurnStyle): string | undefined {
  return firstKey(turn, style.contentKeys) ?? style.contentKeys.find((key) => turn[key] !== undefined);
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
    contentKey === undefined
      ? null
      : readContent(turn[contentKey], `${pointer}/${escapePointer(contentKey)}`, raise);
  if (content === undefined) return null;
  const trained = readTrained(turn, role, style.weightKeys, pointer, raise);
  if (trained === undefined) return null;
  // Beside tool calls, no text and an empty text mean the same.
  const message: Message = { role, content: calls.length > 0 && content === '' ? null : content };
  if (calls.length > 0) message.tool_calls = calls;
  const answers = readId(turn, 'tool_call_id', pointer, raise);
  if (answers === null) return null;
  if (answers !== undefined) message.tool_call_id = answers;
  // A user may have mapped `name` to the role.
  if (typeof turn.name === 'string' && turn.name !== '' && !style.roleKeys.includes('name'))
    message.name = turn.name;
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
  else if (!trained) message[switchedOff] = true;
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

// sharegpt's function_call turn: one call or several, as JSON in the text.
function readCallTurn(
  turn: Row,
  contentKey: string | undefined,
  pointer: string,
  style: TurnStyle,
  raise: Raise,
): Message | null {
  const value = contentKey === undefined ? undefined : turn[contentKey];
  const at = contentKey === undefined ? pointer : `${pointer}/${escapePointer(contentKey)}`;
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (!isRow(parsed) && !Array.isArray(parsed)) {
    raise(invalidToolCall, at, 'The function_call turn holds no JSON object {"name", "arguments"}.');
    return null;
  }
  // Pointers cannot lead into a JSON string, so the turn's text is the place.
  const raiseHere: Raise = (check, _pointer, message, extra) => raise(check, at, message, extra);
  if (typeof value === 'string') raiseInexactInside(value, parsed, at, raise);
  const calls = readToolCalls(Array.isArray(parsed) ? parsed : [parsed], at, raiseHere);
  const trained = readTrained(turn, 'assistant', style.weightKeys, pointer, raise);
  if (!calls?.length || trained === undefined) {
    if (calls?.length === 0) raise(invalidToolCall, at, 'The function_call turn holds no call.');
    return null;
  }
  return { role: 'assistant', content: null, tool_calls: calls, ...(!trained && { train: false as const }) };
}

function raiseRole(word: unknown, pointer: string, style: TurnStyle, raise: Raise): void {
  if (typeof word !== 'string') {
    const said = typeof word === 'number' || typeof word === 'boolean';
    raise(
      wrongType,
      pointer,
      `The role should be text, but is ${typeName(word)}.`,
      said
        ? { hint: `say what it means with a mapping: roles: { ${JSON.stringify(String(word))}: user }` }
        : {},
    );
    return;
  }
  const shown = JSON.stringify(word.slice(0, 60));
  const roles = [...style.roles.keys()];
  // Correct a misspelt role only if its meaning is certain; two changed letters of a short word could be another word.
  const near =
    word.length < 4 || word.length > 20
      ? undefined
      : roles.find((role) => editDistance(role, word.toLowerCase()) <= 2);
  const hint = near
    ? `did you mean ${JSON.stringify(near)}?`
    : `use one of ${roles.slice(0, 9).join(', ')}; or say what it means with a mapping: roles: { ${shown}: user }`;
  raise(unknownRole, pointer, `The role ${shown} is unknown.`, {
    hint,
    data: { role: word.slice(0, 60) },
  });
}

/** Maps a place in one message to the turn that it was read from. */
export function locateInTurn(turn: unknown, pointer: string, style: TurnStyle, spot: Spot): Location {
  if (!isRow(turn) || spot.field === undefined) return { pointer };
  const inside = spot.inside === undefined ? {} : { inside: spot.inside };
  const at = (key: string): string => `${pointer}/${escapePointer(key)}`;
  const contentKey = contentKeyOf(turn, style) ?? style.contentKeys[0] ?? '';
  if (spot.field === 'role') return { pointer: at(firstKey(turn, style.roleKeys) ?? '') };
  if (spot.field === 'content') return locateContent(turn[contentKey], at(contentKey), spot.inside);
  if (spot.field === 'tool_calls' && turn.tool_calls === undefined)
    return { pointer: at(turn.function_call === undefined ? contentKey : 'function_call') };
  if (spot.field === 'reasoning_content')
    return { pointer: at(firstKey(turn, reasoningKeys) ?? ''), ...inside };
  return { pointer: `${at(spot.field)}${spot.below ?? ''}` };
}
