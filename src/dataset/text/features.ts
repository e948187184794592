// What many checks want to know of one example, worked out once: its texts, its answers, and the prompt of each.
import type { Spot } from '../checks/check.ts';
import { textOf } from '../content.ts';
import { type Example, inputPart, type Message, type Role } from '../example.ts';
import { flagsOf, has } from './char-flags.ts';

/** One text that the model may see. */
export interface Piece {
  text: string;
  /** Bits of `has`. */
  flags: number;
  role: Role;
  message: number;
  field: 'content' | 'reasoning_content' | 'tool_calls';
  /** Of a tool call: which. */
  below?: string;
  /** UTF-16 units of the field's text before this one. */
  offset: number;
  /** The part of an alpaca prompt that was `input`. */
  isInput: boolean;
  /** Whether a place inside it is also one in the raw row's text. */
  exact: boolean;
}

/** An assistant's text that is trained on, without its outer white space and its leading `<think>` block. */
export interface Answer {
  message: number;
  text: string;
  lower: string;
  /** Bits of `has`, of the whole message. */
  flags: number;
  /** UTF-16 units of the message before `text`. */
  offset: number;
  /** The user message before it; '' where there is none. */
  prompt: string;
  promptLower: string;
  /** The prompt without its input. */
  instruction: string;
  /** The alpaca `input`; '' where the row has none apart. */
  input: string;
  /** Which answer of the conversation, from 0. */
  turn: number;
  /** No answer comes after it. */
  last: boolean;
}

export interface Features {
  pieces: readonly Piece[];
  answers: readonly Answer[];
  /** A system or developer message stands at the start. */
  hasSystem: boolean;
  /** Whether any tools, tool calls or tool results are there. */
  hasTools: boolean;
  /** All flags of all texts. */
  flags: number;
}

let last: Example | undefined;
let known: Features | undefined;

/** The features of an example; checks ask one after another, so the last answer is remembered. */
export function featuresOf(example: Example): Features {
  if (example === last && known) return known;
  known = createFeatures(example);
  last = example;
  return known;
}

/** The answers of an example: the messages that are trained on, and the chosen one of a preference pair. */
export function answersOf(example: Example): readonly Answer[] {
  return featuresOf(example).answers;
}

/** The place of a UTF-16 unit of a piece. */
export function spotIn(piece: Piece, at?: number): Spot {
  const { message, field, below, offset } = piece;
  if (below !== undefined) return { message, field, below };
  return { message, field, ...(at !== undefined && { inside: offset + at }) };
}

/** The place of a UTF-16 unit of an answer. */
export function spotOf(answer: Answer, at = 0): Spot {
  return { message: answer.message, field: 'content', inside: answer.offset + at };
}

function createFeatures(example: Example): Features {
  const { messages, chosen, meta } = example;
  const pieces: Piece[] = [];
  const answers: Answer[] = [];
  const input = (meta as Record<symbol, unknown>)[inputPart];
  let prompt = '';
  let promptLower = '';
  let promptInput = '';
  let hasTools = example.tools !== undefined;
  let flags = 0;

  const addPiece = (message: Message, index: number, text: string, offset: number, isInput: boolean) => {
    const bits = flagsOf(text);
    flags |= bits;
    const exact = typeof message.content === 'string';
    pieces.push({ text, flags: bits, role: message.role, message: index, field: 'content', offset, isInput, exact });
    return bits;
  };
  const addAnswer = (index: number, text: string, bits: number) => {
    const start = answerStart(text);
    const body = text.slice(start).trimEnd();
    if (body === '') return;
    answers.push({
      message: index,
      text: body,
      lower: body.toLowerCase(),
      flags: bits,
      offset: start,
      prompt,
      promptLower,
      instruction: promptInput === '' ? prompt : prompt.slice(0, -promptInput.length).trimEnd(),
      input: promptInput,
      turn: answers.length,
      last: false,
    });
  };
  const read = (message: Message, index: number, isLastUser: boolean) => {
    const text = textOf(message.content);
    if (text !== null && text !== '') {
      if (message.role === 'user') {
        prompt = text;
        promptLower = text.toLowerCase();
        promptInput = isLastUser && typeof input === 'string' && text.endsWith(input) ? input : '';
        const cut = text.length - promptInput.length;
        if (promptInput !== '') {
          // The two line breaks between the parts belong to neither.
          addPiece(message, index, text.slice(0, Math.max(0, cut - 2)), 0, false);
          addPiece(message, index, promptInput, cut, true);
        } else addPiece(message, index, text, 0, false);
      } else {
        const bits = addPiece(message, index, text, 0, false);
        if (message.role === 'assistant' && message.train !== false && !message.tool_calls)
          addAnswer(index, text, bits);
      }
    }
    if (message.reasoning_content !== undefined || message.tool_calls) flags |= addRest(message, index, pieces);
    if (message.tool_calls || message.role === 'tool') hasTools = true;
  };

  const lastUser = typeof input === 'string' ? messages.findLastIndex(({ role }) => role === 'user') : -1;
  for (let i = 0; i < messages.length; i += 1) read(messages[i] as Message, i, i === lastUser);
  const preferred = chosen?.findLast(({ role }) => role === 'assistant');
  if (preferred) read(preferred, messages.length, false);
  const final = answers.at(-1);
  if (final) final.last = true;
  const first = messages[0]?.role;
  return { pieces, answers, hasSystem: first === 'system' || first === 'developer', hasTools, flags };
}

// Reasoning and the strings of tool calls.
function addRest(message: Message, index: number, pieces: Piece[]): number {
  let flags = 0;
  const add = (text: string, field: Piece['field'], below?: string) => {
    const bits = flagsOf(text);
    flags |= bits;
    pieces.push({
      text,
      flags: bits,
      role: message.role,
      message: index,
      field,
      offset: 0,
      isInput: false,
      exact: below === undefined,
      ...(below !== undefined && { below }),
    });
  };
  if (message.reasoning_content) add(message.reasoning_content, 'reasoning_content');
  for (const [n, call] of (message.tool_calls ?? []).entries())
    for (const text of stringsIn(call.function.arguments)) add(text, 'tool_calls', `/${n}`);
  return flags;
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const each of value) yield* stringsIn(each);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) yield* stringsIn(each);
}

// Where the answer begins: after a `<think>` block and white space.
function answerStart(text: string): number {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start += 1;
  if (text.charCodeAt(start) !== 60 || !text.startsWith('<think>', start)) return start;
  const end = text.indexOf('</think>', start);
  if (end < 0) return start;
  start = end + 8;
  while (start < text.length && isSpace(text.charCodeAt(start))) start += 1;
  return start;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}

const codeWords =
  /```|(?:^|\n)[ \t]*(?:def |class |import |from \w+ import |#include|public |private |function |const |let |var |return |for ?\(|if ?\(|while ?\(|SELECT |select |CREATE |INSERT |UPDATE |DELETE |print\(|<\?php|<[a-z]+[ >]|using |package )|;\s*(?:\n|$)|[{(]\n|=> |\w\(\)|<\/\w+>|(?:^|\s)[=!]=(?:\s|$)|[+*\/-]=|&&|\|\|/;
let codeText: string | undefined;
let codeAnswer = false;

/** Whether a text is program code, or holds some; a guess by its signs. */
export function looksLikeCode(text: string): boolean {
  if (text === codeText) return codeAnswer;
  codeText = text;
  codeAnswer = codeWords.test(text.length > 20_000 ? text.slice(0, 20_000) : text);
  return codeAnswer;
}

/** Whether a prompt asks for code, markup or the like. */
export function asksForCode(promptLower: string): boolean {
  return codeTopics.test(promptLower);
}

const codeTopics =
  /\b(?:code|coding|program|function|script|html|css|xml|json|sql|query|regex|regular expression|python|java|javascript|typescript|c\+\+|php|ruby|bash|shell|command|algorithm|api|yaml|latex|markdown|markup|snippet|class|method|array|variable|loop|string|syntax|web ?page|website|url|template|jquery|react|swift|kotlin|rust|golang|perl|matlab)\b/;

/** Whether any bit of `wanted` is set. */
export function hasAny(flags: number, wanted: number): boolean {
  return (flags & wanted) !== 0;
}

export { has };
