// Preference rows: one prompt, a chosen and a rejected answer, in the layouts of datasets.
import { canonicalJson } from '../canonical-json.ts';
import type { Spot } from '../checks/check.ts';
import { missingField } from '../checks/structure/missing-field.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import type { Example, Message } from '../example.ts';
import { leaveOutPadding } from '../meaning/null-padding.ts';
import { escapePointer } from '../text-position.ts';
import { isRow, readMeta, typeName } from './fields.ts';
import { keepInput, locatePrompt, readPrompt } from './flat.ts';
import type { Location, Raise, Row } from './format.ts';
import { type Layout, layoutKeys } from './layout.ts';
import { roleOf } from './roles.ts';
import { locateInTurn, readTurn } from './turn.ts';
import {
  locateInList,
  locateSystem,
  locateTurn,
  readRowTools,
  readSystem,
  readTurnList,
  readTurns,
  systemCount,
} from './turns.ts';

interface Sides {
  chosen: Message[];
  rejected: Message[];
}

/** The example of a preference row: `messages` is the prompt. Null if a finding says why there is none. */
export function parsePair(row: Row, named: Layout, raise: Raise): Example | null {
  const layout = settleSides(row, named);
  const sides = layout.chosen === undefined ? null : readSides(row, layout, raise);
  const prompt =
    layout.chosen === undefined
      ? readAnswered(row, layout, raise)
      : sides && readPairPrompt(row, layout, sides, raise);
  const tools = readRowTools(row, layout.tools, raise);
  const meta = readMeta(row, knownKeys(row, layout, prompt?.messages), raise);
  if (!prompt || !tools) return null;
  keepInput(meta, prompt.input);
  const { messages, chosen, rejected } = prompt;
  for (const list of [messages, chosen, rejected]) leaveOutPadding(list, tools);
  return { messages, ...(tools.length > 0 && { tools }), chosen, rejected, meta };
}

// A rejected conversation beside the whole chosen one.
function settleSides(row: Row, layout: Layout): Layout {
  if (layout.chosen !== undefined || layout.rejected === undefined) return layout;
  if (layout.answer !== undefined) return { ...layout, chosen: layout.answer, answer: undefined };
  return opensWithPrompt(row[layout.rejected], layout)
    ? { ...layout, chosen: layout.messages, messages: undefined }
    : layout;
}

// The chosen answer is the end of a conversation; only the rejected one has a separate field.
function readAnswered(
  row: Row,
  layout: Layout,
  raise: Raise,
): ({ messages: Message[]; input: string } & Sides) | null {
  const turns = readTurns(row, layout, raise);
  const rejected = readSide(row, layout.rejected ?? '', layout, raise);
  if (!turns || !rejected) return null;
  const from = answerStart(turns);
  if (from < turns.length)
    return { messages: turns.slice(0, from), input: '', chosen: turns.slice(from), rejected };
  raise(
    missingField,
    `/${escapePointer(layout.messages ?? '')}`,
    `The conversation has no last answer that "${layout.rejected}" could be worse than.`,
  );
  return null;
}

function answerStart(turns: readonly Message[]): number {
  return turns.findLastIndex(({ role }) => role !== 'assistant') + 1;
}

// The place of the prompt: in a list, in text fields, or at the start of both answers.
function promptKind(row: Row, layout: Layout): 'list' | 'text' | 'sides' {
  const list = layout.messages === undefined ? undefined : row[layout.messages];
  const open =
    opensWithPrompt(row[layout.chosen ?? ''], layout) && opensWithPrompt(row[layout.rejected ?? ''], layout);
  // Some datasets repeat the whole chosen conversation as a list beside the two answers.
  const repeats =
    open && Array.isArray(list) && canonicalJson(list) === canonicalJson(row[layout.chosen ?? '']);
  if (list !== undefined && !repeats) return 'list';
  return open ? 'sides' : 'text';
}

function opensWithPrompt(side: unknown, { style }: Layout): boolean {
  const first: unknown = Array.isArray(side) ? side[0] : undefined;
  if (!isRow(first)) return false;
  const word = style.roleKeys.map((key) => first[key]).find((each) => each !== undefined && each !== null);
  const role = roleOf(style, word);
  return role === 'user' || role === 'system' || role === 'developer';
}

function readPairPrompt(
  row: Row,
  layout: Layout,
  sides: Sides,
  raise: Raise,
): ({ messages: Message[]; input: string } & Sides) | null {
  const kind = promptKind(row, layout);
  if (kind === 'list') {
    const messages = readTurns(row, layout, raise);
    return messages && { messages, input: '', ...sides };
  }
  if (kind === 'text') {
    const prompt = readPrompt(row, layout, raise);
    return prompt ? { ...prompt, ...sides } : null;
  }
  const system = readSystem(row, layout.system, raise);
  const shared = sharedTurns(sides);
  return (
    system && {
      messages: [...system, ...sides.chosen.slice(0, shared)],
      input: '',
      chosen: sides.chosen.slice(shared),
      rejected: sides.rejected.slice(shared),
    }
  );
}

// Leading turns that both conversations share; leaves at least one message as the answer.
function sharedTurns({ chosen, rejected }: Sides): number {
  const most = Math.min(chosen.length, rejected.length) - 1;
  for (let i = 0; i < most; i += 1) if (canonicalJson(chosen[i]) !== canonicalJson(rejected[i])) return i;
  return Math.max(0, most);
}

function readSides(row: Row, layout: Layout, raise: Raise): Sides | null {
  const chosen = readSide(row, layout.chosen ?? '', layout, raise);
  const rejected = readSide(row, layout.rejected ?? '', layout, raise);
  return chosen && rejected && { chosen, rejected };
}

/** The messages of one side: a text, one message, or a list of messages. Null with a finding. */
function readSide(row: Row, key: string, layout: Layout, raise: Raise): Message[] | null {
  const value = row[key];
  const pointer = `/${escapePointer(key)}`;
  if (value === undefined) raise(missingField, '', `The row has no "${key}".`);
  else if (typeof value === 'string' || value === null) return [{ role: 'assistant', content: value }];
  else if (isRow(value)) {
    const message = readTurn(value, pointer, layout.style, raise);
    return message && [message];
  } else if (!Array.isArray(value))
    raise(wrongType, pointer, `"${key}" should be text or messages, but is ${typeName(value)}.`);
  else if (value.length === 0) raise(missingField, pointer, `"${key}" holds no message.`);
  else return readTurnList(value, pointer, layout.style, raise);
  return null;
}

// A prompt text beside a list of messages adds nothing if it is their last question.
function knownKeys(row: Row, layout: Layout, prompt: readonly Message[] | undefined): ReadonlySet<string> {
  const known = layoutKeys(layout);
  if (promptKind(row, layout) === 'text') return known;
  for (const key of [layout.input, layout.history]) if (key !== undefined) known.delete(key);
  const text = layout.prompt === undefined ? undefined : row[layout.prompt];
  const asked = prompt?.findLast(({ role }) => role === 'user')?.content;
  if (layout.prompt !== undefined && (typeof text !== 'string' || text !== asked))
    known.delete(layout.prompt);
  return known;
}

const quiet: Raise = () => undefined;

/** Maps a place in the example to its preference row. */
export function locatePair(row: Row, named: Layout, spot: Spot): Location {
  const layout = settleSides(row, named);
  if (layout.chosen === undefined && spot.list === 'chosen') {
    if (spot.message < 0) return { pointer: `/${escapePointer(layout.messages ?? '')}` };
    const from = answerStart(readTurns(row, layout, quiet) ?? []);
    return locateTurn(row, layout, { ...spot, message: from + spot.message });
  }
  const kind = promptKind(row, layout);
  const key = (spot.list === 'rejected' ? layout.rejected : layout.chosen) ?? '';
  if (spot.list === 'chosen' || spot.list === 'rejected') {
    const sides = kind === 'sides' ? readSides(row, layout, quiet) : null;
    return locateSide(row[key], `/${escapePointer(key)}`, sides ? sharedTurns(sides) : 0, layout, spot);
  }
  if (kind === 'list') return locateTurn(row, layout, spot);
  if (kind === 'text') return locatePrompt(row, layout, spot);
  if (spot.message < 0) return { pointer: '' };
  const before = systemCount(row, layout.system);
  return (
    locateSystem(row, layout.system, spot) ??
    locateSide(row[key], `/${escapePointer(key)}`, -before, layout, spot)
  );
}

/** Maps a place in one side; the side's first `shift` turns belong to the prompt. */
function locateSide(value: unknown, pointer: string, shift: number, { style }: Layout, spot: Spot): Location {
  if (spot.message < 0) return { pointer };
  if (isRow(value)) return locateInTurn(value, pointer, style, spot);
  if (!Array.isArray(value)) return { pointer, ...(spot.inside !== undefined && { inside: spot.inside }) };
  return locateInList(value, pointer, style, { ...spot, message: spot.message + shift });
}
