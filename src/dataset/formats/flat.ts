// Rows with separate text fields: a prompt with its input, system and history, and one answer.
import type { Spot } from '../checks/check.ts';
import { missingField } from '../checks/structure/missing-field.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { type Example, inputPart, type Message } from '../example.ts';
import { escapePointer } from '../text-position.ts';
import { addToAnswer, locateAnswerField } from './answer-fields.ts';
import { locateContent, readContent, textLength } from './content-parts.ts';
import { readMeta, readText, typeName } from './fields.ts';
import type { Location, Raise, Row } from './format.ts';
import type { Layout } from './layout.ts';
import { locateSystem, readRowTools, readSystem, systemCount } from './turns.ts';

/** The example of a flat row; null with a finding. */
export function parseFlat(
  row: Row,
  layout: Layout,
  known: ReadonlySet<string>,
  raise: Raise,
): Example | null {
  const prompt = readPrompt(row, layout, raise);
  const answer = readAnswer(row, layout, raise);
  const tools = readRowTools(row, layout.tools, raise);
  const meta = readMeta(row, known, raise);
  if (!prompt || answer === undefined || !tools) return null;
  const said = addToAnswer([{ role: 'assistant', content: answer }], row, layout, raise);
  if (!said) return null;
  prompt.messages.push(...said);
  keepInput(meta, prompt.input);
  return tools.length > 0 ? { messages: prompt.messages, tools, meta } : { messages: prompt.messages, meta };
}

/** The messages before the answer, and the text of the input field; undefined with a finding. */
export function readPrompt(
  row: Row,
  layout: Layout,
  raise: Raise,
): { messages: Message[]; input: string } | undefined {
  const system = readSystem(row, layout.system, raise);
  const history = readHistory(row, layout.history, raise);
  const text = readUserText(row, layout, raise);
  if (!system || !history || !text) return undefined;
  const user: Message = { role: 'user', content: text.whole };
  const messages = system.length + history.length > 0 ? [...system, ...history, user] : [user];
  return { messages, input: text.input };
}

/** Records in `meta` which end of the prompt was the input, for `splitPrompt`. */
export function keepInput(meta: Example['meta'], input: string): void {
  if (input !== '') (meta as Record<symbol, unknown>)[inputPart] = input;
}

/** The prompt in the two parts it was read from. */
export function splitPrompt(text: string, meta: Example['meta']): { instruction: string; input: string } {
  const input = (meta as Record<symbol, unknown>)[inputPart];
  const tail = typeof input === 'string' ? `\n\n${input}` : undefined;
  return tail && text.endsWith(tail)
    ? { instruction: text.slice(0, -tail.length), input: input as string }
    : { instruction: text, input: '' };
}

function readUserText(row: Row, layout: Layout, raise: Raise): { whole: string; input: string } | undefined {
  const has = (key: string | undefined): key is string =>
    key !== undefined && row[key] !== undefined && row[key] !== null;
  const input = has(layout.input) ? readField(row, layout.input, raise) : '';
  const asked = has(layout.prompt) ? readField(row, layout.prompt, raise) : '';
  if (asked === undefined || input === undefined) return undefined;
  if ((layout.prompt === undefined || row[layout.prompt] === undefined) && !has(layout.input)) {
    raise(
      missingField,
      '',
      `The row has no ${layout.wanted?.prompt ?? nameOf(layout.prompt ?? layout.messages, 'prompt')}.`,
    );
    return undefined;
  }
  if (asked === '' || input === '') return { whole: asked || input, input: asked === '' ? '' : input };
  return { whole: `${asked}\n\n${input}`, input };
}

function nameOf(key: string | undefined, otherwise: string): string {
  return key === undefined ? otherwise : JSON.stringify(key);
}

function readAnswer(row: Row, layout: Layout, raise: Raise): string | null | undefined {
  const { answer } = layout;
  // The answer may consist only of calls.
  if (answer === undefined && layout.calls !== undefined && row[layout.calls] !== undefined) return null;
  if (answer === undefined || row[answer] === undefined) {
    raise(missingField, '', `The row has no ${layout.wanted?.answer ?? nameOf(answer, 'answer')}.`);
    return undefined;
  }
  return row[answer] === null ? null : readField(row, answer, raise);
}

// A text, or the parts of one.
function readField(row: Row, key: string, raise: Raise): string | undefined {
  if (!Array.isArray(row[key])) return readText(row, key, '', raise);
  return readContent(row[key], `/${escapePointer(key)}`, raise) ?? undefined;
}

function readHistory(row: Row, key: string | undefined, raise: Raise): Message[] | undefined {
  const value = key === undefined ? undefined : row[key];
  if (value === undefined || value === null || value === '') return [];
  const pointer = `/${escapePointer(key ?? '')}`;
  if (!Array.isArray(value)) {
    raise(wrongType, pointer, `"${key}" should be a list of pairs, but is ${typeName(value)}.`);
    return undefined;
  }
  const messages: Message[] = [];
  for (const [i, pair] of value.entries()) {
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((each) => typeof each !== 'string')) {
      raise(wrongType, `${pointer}/${i}`, `A pair of "${key}" should be a list of two texts.`);
      return undefined;
    }
    messages.push(
      { role: 'user', content: pair[0] as string },
      { role: 'assistant', content: pair[1] as string },
    );
  }
  return messages;
}

/** Maps a place in the example to its flat row. */
export function locateFlat(row: Row, layout: Layout, spot: Spot): Location {
  const before = systemCount(row, layout.system) + historyTurns(row, layout) + 1;
  if (spot.message < before) return locatePrompt(row, layout, spot);
  return locateAnswerField(row, layout, spot) ?? locateField(row, layout.answer ?? layout.calls, spot.inside);
}

function locateField(row: Row, key: string | undefined, inside?: number): Location {
  return locateContent(row[key ?? ''], `/${escapePointer(key ?? '')}`, inside);
}

/** Maps a place in the messages before the answer. */
export function locatePrompt(row: Row, layout: Layout, spot: Spot): Location {
  if (spot.message < 0) return { pointer: '' };
  const inside = spot.inside === undefined ? {} : { inside: spot.inside };
  const at = locateSystem(row, layout.system, spot);
  if (at) return at;
  const index = spot.message - systemCount(row, layout.system);
  if (index < historyTurns(row, layout))
    return { pointer: `/${escapePointer(layout.history ?? '')}/${index >> 1}/${index & 1}`, ...inside };
  return locateUserText(row, layout, spot.inside);
}

function locateUserText(row: Row, layout: Layout, inside: number | undefined): Location {
  const length = layout.prompt === undefined ? 0 : textLength(row[layout.prompt]);
  if (inside === undefined) return locateField(row, layout.prompt ?? layout.input);
  if (length === 0 && layout.input !== undefined) return locateField(row, layout.input, inside);
  if (inside < length) return locateField(row, layout.prompt, inside);
  // A blank line separates the two.
  return locateField(row, layout.input, Math.max(0, inside - length - 2));
}

function historyTurns(row: Row, layout: Layout): number {
  const pairs = layout.history === undefined ? undefined : row[layout.history];
  return Array.isArray(pairs) ? pairs.length * 2 : 0;
}
