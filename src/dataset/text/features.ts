// Facts about one example that many checks need, computed once: its texts, its answers, and the prompt of each.
import type { Spot } from '../checks/check.ts';
import { textOf } from '../content.ts';
import { type Example, inputPart, type Message, type Role } from '../example.ts';
import { flagsOf } from './char-flags.ts';
import { createGrams, type Grams, noteGrams } from './grams.ts';
import { guessLanguage, type Language } from './language.ts';
import { unitAt } from './unit-at.ts';

/** One text that the model may see. */
export interface Piece {
  text: string;
  /** Bits of `has`. */
  flags: number;
  role: Role;
  list: 'chosen' | 'rejected' | undefined;
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
  list: 'chosen' | undefined;
  message: number;
  text: string;
  lower: string;
  /** Bits of `has`, of the whole message. */
  flags: number;
  /** UTF-16 units of the message before `text`. */
  offset: number;
  /** The user message before it; '' if there is none. */
  prompt: string;
  promptLower: string;
  /** Bits of `has`, of the prompt. */
  promptFlags: number;
  /** The runs of `lower` and of `promptLower`; another example's features overwrite them. */
  grams: Grams;
  promptGrams: Grams;
  /** Of `lower`, once `languageOf` was asked. */
  language: Language | null | undefined;
  /** The prompt without its input. */
  instruction: string;
  /** The alpaca `input`; '' if the row has none apart. */
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

// One example is remembered: a WeakMap and new memory for each text cost a quarter of the scan (bench/README.md).
let last: Example | undefined;
let known: Features | undefined;
// The memory of each example's grams is used again for the next one.
const tables: Grams[] = [];
const mostTables = 64;
let tablesUsed = 0;

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

/** The language of an answer, which several checks ask for; null if it is not clear. */
export function languageOf(answer: Answer): Language | null {
  if (answer.language === undefined) answer.language = guessLanguage(answer.lower);
  return answer.language;
}

/** The place of a UTF-16 unit of a piece. */
export function spotIn(piece: Piece, at?: number): Spot {
  const { list, message, field, below, offset } = piece;
  const of = list === undefined ? { message, field } : { list, message, field };
  if (below !== undefined) return { ...of, below };
  return at === undefined ? of : { ...of, inside: offset + at };
}

/** The place of a UTF-16 unit of an answer. */
export function spotOf(answer: Answer, at = 0): Spot {
  const { list, message, offset } = answer;
  return { ...(list && { list }), message, field: 'content', inside: offset + at };
}

function createFeatures(example: Example): Features {
  const { messages, chosen, rejected } = example;
  const pieces: Piece[] = [];
  const answers: Answer[] = [];
  tablesUsed = 0;
  const lastInput = (example.meta as Record<symbol, unknown>)[inputPart];
  const withInput =
    typeof lastInput === 'string' ? messages.findLastIndex(({ role }) => role === 'user') : -1;
  let prompt: Prompt = { text: '', lower: '', flags: 0, grams: nothing, input: '' };
  let hasTools = example.tools !== undefined;

  for (let i = 0; i < messages.length; i += 1) {
    const message = messages[i] as Message;
    const text = textOf(message.content) ?? '';
    if (message.role === 'user') {
      const input = i === withInput && text.endsWith(lastInput as string) ? (lastInput as string) : '';
      const flags = addPrompt(pieces, message, i, text, input);
      const lower = text.toLowerCase();
      prompt = { text, lower, flags, grams: gramsOf(lower), input };
    } else if (text !== '') {
      const piece = addPiece(pieces, message, i, text);
      if (message.role === 'assistant' && message.train !== false && !message.tool_calls)
        addAnswer(answers, piece, prompt);
    }
    if (message.reasoning_content || message.tool_calls) addRest(pieces, message, i);
    if (message.tool_calls || message.role === 'tool') hasTools = true;
  }
  if (chosen || rejected) addSides(example, pieces, answers, prompt);
  const final = answers.at(-1);
  if (final) final.last = true;
  let flags = 0;
  for (const piece of pieces) flags |= piece.flags;
  const first = messages[0]?.role;
  return { pieces, answers, hasSystem: first === 'system' || first === 'developer', hasTools, flags };
}

interface Prompt {
  text: string;
  lower: string;
  flags: number;
  grams: Grams;
  input: string;
}

const nothing = createGrams();

function gramsOf(lower: string): Grams {
  const grams = tables[tablesUsed] ?? createGrams();
  if (tablesUsed < mostTables) {
    tables[tablesUsed] = grams;
    tablesUsed += 1;
  }
  noteGrams(grams, lower);
  return grams;
}

const noOptions: Partial<Piece> = {};

function addPiece(
  pieces: Piece[],
  { role, content }: Message,
  message: number,
  text: string,
  { list, field = 'content', below, offset = 0, isInput = false, exact }: Partial<Piece> = noOptions,
): Piece {
  const piece: Piece = {
    text,
    flags: flagsOf(text),
    role,
    list,
    message,
    field,
    offset,
    isInput,
    exact: exact ?? typeof content === 'string',
    ...(below !== undefined && { below }),
  };
  pieces.push(piece);
  return piece;
}

// Returns the flags of the whole.
function addPrompt(pieces: Piece[], message: Message, index: number, text: string, input: string): number {
  if (text === '') return 0;
  if (input === '') return addPiece(pieces, message, index, text).flags;
  const offset = text.length - input.length;
  // The two line breaks between the parts belong to neither.
  const asked = offset > 2 ? addPiece(pieces, message, index, text.slice(0, offset - 2)).flags : 0;
  return asked | addPiece(pieces, message, index, input, { offset, isInput: true }).flags;
}

function addAnswer(answers: Answer[], { text, flags, message, list }: Piece, prompt: Prompt): void {
  const offset = answerStart(text);
  const body = text.slice(offset).trimEnd();
  if (body === '') return;
  const { input } = prompt;
  const lower = body.toLowerCase();
  answers.push({
    list: list && 'chosen',
    message,
    text: body,
    lower,
    flags,
    offset,
    prompt: prompt.text,
    promptLower: prompt.lower,
    promptFlags: prompt.flags,
    grams: gramsOf(lower),
    promptGrams: prompt.grams,
    language: undefined,
    instruction: input === '' ? prompt.text : prompt.text.slice(0, -input.length).trimEnd(),
    input,
    turn: answers.length,
    last: false,
  });
}

// Both answers of a preference pair; the last message of the chosen one is what the model would learn.
function addSides({ chosen, rejected }: Example, pieces: Piece[], answers: Answer[], prompt: Prompt): void {
  for (const [list, messages] of Object.entries({ chosen, rejected }) as [
    'chosen' | 'rejected',
    Message[],
  ][]) {
    const last = list === 'chosen' ? messages?.findLastIndex(({ role }) => role === 'assistant') : -1;
    for (const [i, message] of (messages ?? []).entries()) {
      const text = textOf(message.content) ?? '';
      if (text === '') continue;
      const piece = addPiece(pieces, message, i, text, { list });
      if (i === last && !message.tool_calls) addAnswer(answers, piece, prompt);
    }
  }
}

// Reasoning and the strings of tool calls.
function addRest(pieces: Piece[], message: Message, index: number): void {
  if (message.reasoning_content)
    addPiece(pieces, message, index, message.reasoning_content, { field: 'reasoning_content', exact: true });
  for (const [n, call] of (message.tool_calls ?? []).entries())
    for (const text of stringsIn(call.function.arguments))
      addPiece(pieces, message, index, text, { field: 'tool_calls', below: `/${n}`, exact: false });
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
  while (start < text.length && isSpace(unitAt(text, start))) start += 1;
  if (unitAt(text, start) !== 60 || !text.startsWith('<think>', start)) return start;
  const end = text.indexOf('</think>', start);
  if (end < 0) return start;
  start = end + 8;
  while (start < text.length && isSpace(unitAt(text, start))) start += 1;
  return start;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}

// At the start of a line, and anywhere.
const codeLine =
  /[ \t]*(?:def |class |import |from \w+ import |#include|public |private |function |const |let |var |return |for ?\(|if ?\(|while ?\(|SELECT |select |CREATE |INSERT |UPDATE |DELETE |print\(|<\?php|<[a-z]+[ >]|using |package )/y;
const codeSign = /```|;\s*(?:\n|$)|[{(]\n|=> |\w\(\)|<\/\w+>|(?:^|\s)[=!]=(?:\s|$)|[+*/-]=|&&|\|\|/;
const mayBeCodeSign = /[`;=&|]|[{(]\n|\(\)|<\//;
let codeText: string | undefined;
let codeAnswer = false;

/** Whether a text is program code, or holds some; a guess by its signs. */
export function looksLikeCode(text: string): boolean {
  if (text === codeText) return codeAnswer;
  codeText = text;
  const start = text.length > 20_000 ? text.slice(0, 20_000) : text;
  codeAnswer = hasCodeLine(start) || (mayBeCodeSign.test(start) && codeSign.test(start));
  return codeAnswer;
}

function hasCodeLine(text: string): boolean {
  for (let at = 0; ; at += 1) {
    codeLine.lastIndex = at;
    if (codeLine.test(text)) return true;
    at = text.indexOf('\n', at);
    if (at < 0) return false;
  }
}

/** Whether a prompt asks for code, markup or the like. */
export function asksForCode(promptLower: string): boolean {
  return codeTopics.test(promptLower);
}

const codeTopics =
  /\b(?:code|coding|program|function|script|html|css|xml|json|sql|query|regex|regular expression|python|java|javascript|typescript|c\+\+|php|ruby|bash|shell|command|algorithm|api|yaml|latex|markdown|markup|snippet|class|method|array|variable|loop|string|syntax|web ?page|website|url|template|jquery|react|swift|kotlin|rust|golang|perl|matlab)\b/;
