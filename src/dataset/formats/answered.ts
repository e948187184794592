// A list of messages with the answer in a separate field, as in API logs and batches.
import type { Spot } from '../checks/check.ts';
import { missingField } from '../checks/structure/missing-field.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import type { Example, Message } from '../example.ts';
import { escapePointer } from '../text-position.ts';
import { addToAnswer, locateAnswerField } from './answer-fields.ts';
import { isRow, typeName } from './fields.ts';
import type { Location, Raise, Row } from './format.ts';
import type { Layout } from './layout.ts';
import { locateInTurn, readTurn } from './turn.ts';
import { locateInList, locateTurn, parseTurns, readTurnList, readTurns, systemCount } from './turns.ts';

/**
 * The example of such a row; null with a finding. `prompted`: the list is a prompt, and its answers are not
 * trained on.
 */
export function parseAnswered(
  row: Row,
  layout: Layout,
  known: ReadonlySet<string>,
  prompted: boolean,
  raise: Raise,
): Example | null {
  const example = parseTurns(row, layout, known, raise);
  const answer = readAnswer(row, layout, raise);
  const said = answer && addToAnswer(answer, row, layout, raise);
  if (!example || !said) return null;
  const before = prompted ? example.messages.map(untrained) : example.messages;
  return { ...example, messages: [...before, ...said] };
}

function readAnswer(row: Row, layout: Layout, raise: Raise): Message[] | null {
  const key = layout.answer;
  if (key === undefined) return [{ role: 'assistant', content: null }];
  const value = row[key];
  const pointer = `/${escapePointer(key)}`;
  if (value === undefined) raise(missingField, '', `The row has no "${key}".`);
  else if (typeof value === 'string' || value === null) return [{ role: 'assistant', content: value }];
  else if (isRow(value)) {
    const message = readTurn(withRole(value, layout), pointer, layout.style, raise);
    return message && [message];
  } else if (Array.isArray(value)) return readTurnList(value, pointer, layout.style, raise);
  else raise(wrongType, pointer, `"${key}" should be text or messages, but is ${typeName(value)}.`);
  return null;
}

// An answer without a speaker is the assistant's.
function withRole(turn: Row, { style }: Layout): Row {
  const named = style.roleKeys.some((key) => turn[key] !== undefined && turn[key] !== null);
  return named ? turn : { ...turn, [style.roleKeys[0] ?? 'role']: 'assistant' };
}

function untrained(message: Message): Message {
  return message.role === 'assistant' ? { ...message, train: false } : message;
}

const quiet: Raise = () => undefined;

/** Maps a place in such an example to its row. */
export function locateAnswered(row: Row, layout: Layout, spot: Spot): Location {
  if (spot.message < 0) return { pointer: '' };
  const before = readTurns(row, layout, quiet)?.length ?? systemCount(row, layout.system);
  if (spot.message < before) return locateTurn(row, layout, spot);
  const own = locateAnswerField(row, layout, spot);
  if (own) return own;
  const key = layout.answer ?? layout.calls ?? '';
  const value = row[key];
  const pointer = `/${escapePointer(key)}`;
  if (isRow(value)) return locateInTurn(value, pointer, layout.style, spot);
  if (Array.isArray(value))
    return locateInList(value, pointer, layout.style, { ...spot, message: spot.message - before });
  return { pointer, ...(spot.inside !== undefined && { inside: spot.inside }) };
}
