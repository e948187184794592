// Splits a conversation that a template wrote into one text into turns, only if the turns are certain.
import type { Role } from '../example.ts';
import { type TranscriptGrammar, transcriptGrammars } from './transcript-grammars.ts';

export interface TranscriptTurn {
  role: Role;
  content: string;
  /** Where the content starts in the text, in UTF-16 units. */
  from: number;
  /** For a content in two pieces: where the second piece begins in the content, and in the text. */
  second?: { at: number; from: number };
}

export type Transcript =
  | { template: string; turns: TranscriptTurn[] }
  /** A template's markers are there, but the turns are not certain; `at` is the place of the doubt. */
  | { template: string; problem: string; at: number };

/** The turns of a text; null if it has no template's markers. */
export function readTranscript(text: string): Transcript | null {
  let doubt: Transcript | null = null;
  for (const grammar of transcriptGrammars) {
    const found = cut(text, grammar);
    if (found === null) continue;
    if (!('problem' in found)) return found;
    doubt ??= found;
  }
  return doubt;
}

/** The turns of a text if they are certain; otherwise null. */
export function certainTurns(text: unknown): TranscriptTurn[] | null {
  if (typeof text !== 'string') return null;
  const known = latest.find((each) => each.text === text);
  if (known) return known.turns;
  const found = readTranscript(text);
  const turns = found && !('problem' in found) ? found.turns : null;
  latest.unshift({ text, turns });
  if (latest.length > mostLatest) latest.pop();
  return turns;
}

/** Cached, because a row's texts are needed for detection, for reading, and for each place. */
const mostLatest = 4;
const latest: { text: string; turns: TranscriptTurn[] | null }[] = [];

/** The offset in the text of a UTF-16 unit of a turn's content. */
export function unitInText(turn: TranscriptTurn, inside: number): number {
  const { second } = turn;
  return second && inside >= second.at ? second.from + inside - second.at : turn.from + inside;
}

interface Piece {
  role: Role | 'input';
  from: number;
  content: string;
}

function cut(text: string, grammar: TranscriptGrammar): Transcript | null {
  const markers = [...text.matchAll(grammar.marker)];
  const [first] = markers;
  if (!first) return null;
  const template = grammar.name;
  const doubt = (problem: string, at: number): Transcript => ({ template, problem, at });
  const pieces: Piece[] = [];
  const lead = readLead(text.slice(0, first.index), grammar);
  if (lead === null) return null;
  if (lead.content !== '') pieces.push(lead);
  for (const [i, marker] of markers.entries()) {
    const word = marker.slice(1).find((group) => group !== undefined) ?? '';
    const role = Object.hasOwn(grammar.roles, word) ? grammar.roles[word] : undefined;
    const from = marker.index + marker[0].length;
    if (role === undefined) return doubt(`The role ${JSON.stringify(word)} is unknown`, marker.index);
    const last = i === markers.length - 1;
    const piece = readPiece(text, from, markers[i + 1]?.index ?? text.length, grammar, last);
    if (typeof piece === 'string') return doubt(piece, from);
    // The start of the next turn at the end of a prompt is not a turn.
    if (piece.content === '' && last && pieces.length > 1 && role !== 'input') continue;
    pieces.push({ ...piece, role });
  }
  const turns = joinInputs(pieces);
  const fault = doubtOf(turns, grammar);
  return fault ? doubt(fault.problem, fault.at) : { template, turns: splitSystem(turns) };
}

// The text before the first marker: nothing, text of the template, or a system text. Null if it may be something else.
function readLead(text: string, grammar: TranscriptGrammar): Piece | null {
  const begin = grammar.begin?.exec(text)?.[0].length ?? 0;
  const rest = text.slice(begin);
  if (rest.trim() === '' || grammar.preamble?.test(rest)) return { role: 'system', from: 0, content: '' };
  if (!grammar.system) return null;
  const from = begin + rest.length - rest.trimStart().length;
  return { role: 'system', from, content: rest.trim() };
}

function readPiece(
  text: string,
  from: number,
  to: number,
  grammar: TranscriptGrammar,
  last: boolean,
): Omit<Piece, 'role'> | string {
  const whole = text.slice(from, to);
  const end = grammar.end?.exec(whole);
  if (grammar.closed && !end?.[0] && !(last && whole.trim() === '')) return 'A turn is not closed';
  const body = end ? whole.slice(0, end.index) : whole;
  if (grammar.forbidden?.test(body)) return 'A marker is inside a turn';
  const start = body.trim() === '' ? body.length : leadOf(body, text[from - 1] === '\n');
  return { from: from + start, content: body.slice(start).trimEnd() };
}

// Skips blank lines, and spaces after a marker on the same line; the indentation of a separate first line is content.
function leadOf(body: string, newLine: boolean): number {
  const blank = /^(?:[ \t]*\r?\n)*/.exec(body)?.[0].length ?? 0;
  if (blank > 0 || newLine) return blank;
  return body.length - body.trimStart().length;
}

// The Alpaca prompt has a part of the user's text under a separate heading.
function joinInputs(pieces: readonly Piece[]): TranscriptTurn[] {
  const turns: TranscriptTurn[] = [];
  for (const { role, from, content } of pieces) {
    const before = turns.at(-1);
    if (role !== 'input') turns.push({ role, from, content });
    else if (before && content !== '') {
      before.second = { at: before.content.length + 2, from };
      before.content += `\n\n${content}`;
    }
  }
  return turns;
}

function doubtOf(
  turns: readonly TranscriptTurn[],
  grammar: TranscriptGrammar,
): { problem: string; at: number } | null {
  let before: Role | null = null;
  for (const { role, content, from } of turns) {
    if (content === '') return { problem: `A turn of the ${role} is empty`, at: from };
    if (role === 'system' && before !== null) return { problem: 'A system text is between turns', at: from };
    if (role !== 'system' && role === before)
      return { problem: `Two turns of the ${role} follow each other`, at: from };
    if (before === null && role === 'assistant') return { problem: 'The assistant speaks first', at: from };
    if (role !== 'system' || !grammar.closed) before = role === 'system' ? before : role;
  }
  if (!turns.some(({ role }) => role === 'user')) return { problem: 'No turn is of the user', at: 0 };
  if (!turns.some(({ role }) => role === 'assistant'))
    return { problem: 'No turn is of the assistant', at: 0 };
  return null;
}

const systemBlock = /^<<SYS>>\s*([\s\S]*?)\s*<<\/SYS>>\s*/;
/** The text that Llama 3.1's template writes before a system text. */
const dates = /^Cutting Knowledge Date: [^\n]+\nToday Date: [^\n]+(?:\n+|$)/;

// Llama 2 has the system text inside the first user turn; Llama 3.1 has template lines inside the system text.
function splitSystem(turns: TranscriptTurn[]): TranscriptTurn[] {
  const [first, ...rest] = turns;
  if (!first) return turns;
  const own = first.role === 'system' ? dates.exec(first.content) : null;
  if (own) {
    const content = first.content.slice(own[0].length);
    return content === '' ? rest : [{ ...first, content, from: first.from + own[0].length }, ...rest];
  }
  const block = first.role === 'user' ? systemBlock.exec(first.content) : null;
  if (!block) return turns;
  const user = {
    ...first,
    content: first.content.slice(block[0].length),
    from: first.from + block[0].length,
  };
  const content = block[1] ?? '';
  const from = first.from + block[0].indexOf(content, '<<SYS>>'.length);
  return content === '' ? [user, ...rest] : [{ role: 'system', content, from }, user, ...rest];
}
