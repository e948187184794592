// Lists of turns in chatml (role, content) and sharegpt (from, value) rows.
import type { Spot } from '../checks/check.ts';
import { missingField } from '../checks/structure/missing-field.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import type { Example, Message } from '../example.ts';
import { leaveOutPadding } from '../meaning/null-padding.ts';
import { escapePointer } from '../text-position.ts';
import { locateContent, readContent, textLength } from './content-parts.ts';
import { isRow, readMeta, typeName } from './fields.ts';
import type { Location, Raise, Row } from './format.ts';
import type { Layout } from './layout.ts';
import { readTools } from './tools.ts';
import { locateInTurn, readTurn } from './turn.ts';
import type { TurnStyle } from './turn-style.ts';
import { hasVendorParts, locateInVendorTurn, messageCount, readVendorTurn } from './vendor-parts.ts';

/** The example of a row with a list of messages; null with a finding. */
export function parseTurns(
  row: Row,
  layout: Layout,
  known: ReadonlySet<string>,
  raise: Raise,
): Example | null {
  const messages = readTurns(row, layout, raise);
  const tools = readRowTools(row, layout.tools, raise);
  const meta = readMeta(row, known, raise);
  if (!messages || !tools) return null;
  leaveOutPadding(messages, tools);
  return tools.length > 0 ? { messages, tools, meta } : { messages, meta };
}

/** The tools of a row, an empty list if there are none. Undefined with a finding. */
export function readRowTools(row: Row, key: string | undefined, raise: Raise): unknown[] | undefined {
  const value = key === undefined ? undefined : row[key];
  return value === undefined || value === null ? [] : readTools(value, `/${escapePointer(key ?? '')}`, raise);
}

/** The messages of a row, after an optional system text; null with a finding. */
export function readTurns(row: Row, layout: Layout, raise: Raise): Message[] | null {
  const key = layout.messages ?? 'messages';
  const pointer = `/${escapePointer(key)}`;
  const list = row[key];
  if (list === undefined) {
    raise(missingField, '', `The row has no "${key}".`);
    return null;
  }
  if (!Array.isArray(list)) {
    raise(wrongType, pointer, `"${key}" should be a list of messages, but is ${typeName(list)}.`);
    return null;
  }
  const system = readSystem(row, layout.system, raise);
  const turns = readTurnList(list, pointer, layout.style, raise);
  return system && turns && (system.length > 0 ? [...system, ...turns] : turns);
}

/** A system text beside the conversation, as messages; null with a finding. */
export function readSystem(row: Row, key: string | undefined, raise: Raise): Message[] | null {
  const value = key === undefined ? undefined : row[key];
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return [{ role: 'system', content: value }];
  if (typeof value === 'object') {
    const { parts, below } = systemParts(value);
    const content = readContent(parts, `/${escapePointer(key ?? '')}${below}`, raise);
    return content === undefined ? null : content ? [{ role: 'system', content }] : [];
  }
  raise(wrongType, `/${escapePointer(key ?? '')}`, `"${key}" should be text, but is ${typeName(value)}.`);
  return null;
}

// Gemini has the parts of its system text one level deeper.
function systemParts(value: object): { parts: unknown; below: string } {
  for (const key of ['parts', 'content'])
    if (isRow(value) && value[key] !== undefined) return { parts: value[key], below: `/${key}` };
  return { parts: value, below: '' };
}

/** A list of turns; null with findings. */
export function readTurnList(
  list: readonly unknown[],
  pointer: string,
  style: TurnStyle,
  raise: Raise,
): Message[] | null {
  const messages: Message[] = [];
  let failed = false;
  for (let i = 0; i < list.length; i += 1) {
    const turn = list[i];
    if (hasVendorParts(turn, style)) {
      const several = readVendorTurn(turn, `${pointer}/${i}`, style, raise);
      if (several) messages.push(...several);
      else failed = true;
      continue;
    }
    const message = readTurn(turn, `${pointer}/${i}`, style, raise);
    if (message) messages.push(message);
    else failed = true;
  }
  return failed ? null : messages;
}

/** Maps a place in the messages to the list of turns. */
export function locateInList(list: unknown, pointer: string, style: TurnStyle, spot: Spot): Location {
  if (!Array.isArray(list)) return { pointer };
  let message = 0;
  for (const [i, turn] of list.entries()) {
    const count = messageCount(turn, style);
    if (spot.message < message + count)
      return hasVendorParts(turn, style)
        ? locateInVendorTurn(turn, `${pointer}/${i}`, style, spot, spot.message - message)
        : locateInTurn(turn, `${pointer}/${i}`, style, spot);
    message += count;
  }
  return { pointer };
}

/** Maps a place in the messages to the raw row. */
export function locateTurn(row: Row, layout: Layout, spot: Spot): Location {
  const key = layout.messages ?? 'messages';
  const list = row[key];
  const at = locateSystem(row, layout.system, spot);
  if (at) return at;
  const pointer = `/${escapePointer(key)}`;
  if (spot.message < 0) return { pointer };
  const message = spot.message - systemCount(row, layout.system);
  return locateInList(list, pointer, layout.style, { ...spot, message });
}

/** Maps a place in the system text beside the conversation; undefined for any other place. */
export function locateSystem(row: Row, key: string | undefined, spot: Spot): Location | undefined {
  if (spot.message !== 0 || systemCount(row, key) === 0) return undefined;
  const value = row[key ?? ''];
  const pointer = `/${escapePointer(key ?? '')}`;
  if (typeof value === 'object' && value !== null) {
    const { parts, below } = systemParts(value);
    return locateContent(parts, `${pointer}${below}`, spot.inside);
  }
  return { pointer, ...(spot.inside !== undefined && { inside: spot.inside }) };
}

/** Number of messages for the system text beside the conversation: 0 or 1. */
export function systemCount(row: Row, key: string | undefined): number {
  const value = key === undefined ? undefined : row[key];
  if (typeof value === 'string') return value === '' ? 0 : 1;
  if (typeof value !== 'object' || value === null) return 0;
  return textLength(systemParts(value).parts) > 0 ? 1 : 0;
}
