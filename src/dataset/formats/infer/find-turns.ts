// Finds the field with a conversation as a list of turns, and how its turns are written.
import type { MappedRole } from '../field-mapping.ts';
import { isRow } from '../fields.ts';
import { certainTurns, readTranscript } from '../read-transcript.ts';
import { roleOf, spokenTurns } from '../roles.ts';
import { parseJson } from '../tools.ts';
import { bareName, conversationWords, likelyRoles, speakerWords, speechWords } from './field-words.ts';
import { type Field, fieldName, fills } from './survey.ts';

export interface FoundTurns {
  field: Field;
  role?: string;
  content?: string;
  roles?: Record<string, MappedRole>;
  /** Why the field was chosen. */
  why: string;
  /** Why this may be wrong; null if it is certain. */
  doubt: string | null;
  /** Whether the conversations mostly end with the assistant. */
  answered: boolean;
}

/** The conversations among the fields, most certain first. */
export function findTurns(fields: readonly Field[], rows: number): FoundTurns[] {
  return fields
    .filter(({ values }) => fills(values.length, Math.min(rows, 100)))
    .flatMap((field) => readLists(field) ?? readTranscripts(field) ?? [])
    .sort((a, b) => Number(a.doubt !== null) - Number(b.doubt !== null) || rank(a.field) - rank(b.field));
}

function rank({ word, tokens }: Field): number {
  const at = conversationWords.indexOf(word);
  return (at < 0 ? conversationWords.length : at) + tokens.length / 100;
}

function readLists(field: Field): FoundTurns | null {
  const lists = field.values
    .map(asList)
    .filter((list): list is unknown[] => list !== null && list.length > 0);
  if (!fills(lists.length, field.values.length)) return null;
  const turns = lists.flat();
  if (fills(turns.filter(isRow).length, turns.length)) return readRows(field, lists, turns.filter(isRow));
  const named = conversationWords.includes(field.word);
  const pairs = turns.filter(isPairOfTexts);
  if (fills(pairs.length, turns.length)) {
    const worded = pairs.every(([word]) => roleOf(spokenTurns, word) !== undefined);
    return {
      field,
      why: worded ? 'a list of pairs of role and text' : 'a list of pairs of user and assistant texts',
      doubt: worded || named || field.word === 'history' ? null : 'the pairs do not say who speaks',
      answered: true,
    };
  }
  if (!turns.every((turn) => typeof turn === 'string')) return null;
  if (!lists.every((list) => list.length >= 2) || !(named || listWords.has(field.word))) return null;
  const even = lists.filter((list) => list.length % 2 === 0).length;
  return {
    field,
    why: 'a list of texts, spoken in turn by user and assistant',
    doubt: named ? null : 'the texts do not say who speaks',
    answered: even * 2 >= lists.length,
  };
}

function asList(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value;
  const parsed = typeof value === 'string' && /^\s*\[/.test(value) ? parseJson(value) : null;
  return Array.isArray(parsed) ? parsed : null;
}

function isPairOfTexts(turn: unknown): turn is [string, string] {
  return Array.isArray(turn) && turn.length === 2 && turn.every((each) => typeof each === 'string');
}

/** Names of lists that may contain turns or anything else; the row itself has the name ''. */
const listWords = new Set(['', 'data', 'history', 'texts', 'content', 'input', 'context']);

type Turn = Record<string, unknown>;

function readRows(field: Field, lists: readonly unknown[][], turns: readonly Turn[]): FoundTurns | null {
  const role = findRole(turns);
  if (!role) return readKeyed(field, turns);
  const content = findContent(turns, role);
  if (!content) return null;
  const words = [
    ...new Set(
      turns
        .map((turn) => at(turn, role))
        .filter(isWord)
        .map(String),
    ),
  ];
  const { roles, doubt } = meanRoles(words);
  const style = { ...spokenTurns, roles: new Map([...spokenTurns.roles, ...Object.entries(roles ?? {})]) };
  const last = lists.map((list) => roleOf(style as typeof spokenTurns, at(list.at(-1) as Turn, role)));
  return {
    field,
    ...(!['role', 'from'].includes(role) && { role }),
    ...(!['content', 'value'].includes(content) && { content }),
    ...(roles && { roles }),
    why: `a list of turns with "${role}" and "${content}"`,
    doubt,
    answered: last.filter((each) => each === 'assistant' || each === 'call').length * 2 > last.length,
  };
}

// {"human": …, "assistant": …}: the key of a text names the speaker.
function readKeyed(field: Field, turns: readonly Turn[]): FoundTurns | null {
  const keys = new Set(turns.flatMap((turn) => Object.keys(turn).filter((key) => turn[key] !== null)));
  const roles = [...keys].map((key) => roleOf(spokenTurns, key));
  if (!roles.includes('user') || !roles.includes('assistant') || roles.includes(undefined)) return null;
  return {
    field,
    why: `a list of turns whose texts are under ${[...keys].map((key) => `"${key}"`).join(' and ')}`,
    doubt: null,
    answered: true,
  };
}

function isWord(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The value of a turn at a key, or at a path of two. */
function at(turn: Turn | undefined, key: string): unknown {
  if (!isRow(turn)) return undefined;
  if (Object.hasOwn(turn, key)) return turn[key];
  const [first = '', second = ''] = key.split('.');
  const inner = turn[first];
  return isRow(inner) ? inner[second] : undefined;
}

// Keys of turns, and of objects in them.
function turnKeys(turns: readonly Turn[]): string[] {
  const keys = new Set<string>();
  for (const turn of turns.slice(0, 200))
    for (const [key, value] of Object.entries(turn)) {
      keys.add(key);
      if (isRow(value)) for (const below of Object.keys(value)) keys.add(fieldName([key, below]));
    }
  return [...keys];
}

const mostSpeakers = 10;

// A field with few different words, preferably known roles.
function findRole(turns: readonly Turn[]): string | null {
  const found = turnKeys(turns).flatMap((key) => {
    const values = turns.map((turn) => at(turn, key)).filter(isWord);
    if (!fills(values.length, turns.length)) return [];
    const words = [...new Set(values.map(String))];
    const known = words.filter((word) => roleOf(spokenTurns, word) !== undefined).length;
    const name = speakerWords.indexOf(bareName(key.split('.').at(-1) ?? ''));
    if (words.length > mostSpeakers || (known === 0 && name < 0)) return [];
    return [{ key, known: known / words.length, name: name < 0 ? speakerWords.length : name }];
  });
  return found.sort((a, b) => b.known - a.known || a.name - b.name)[0]?.key ?? null;
}

function findContent(turns: readonly Turn[], role: string): string | null {
  const found = turnKeys(turns)
    .filter((key) => key !== role)
    .flatMap((key) => {
      const values = turns.map((turn) => at(turn, key));
      const texts = values.filter((value) => typeof value === 'string' || Array.isArray(value));
      // Tool calls may have no text beside them.
      if (texts.length * 2 < turns.length) return [];
      const name = speechWords.indexOf(bareName(key.split('.').at(-1) ?? ''));
      const units = texts.reduce<number>(
        (sum, value) => sum + (typeof value === 'string' ? value.length : 0),
        0,
      );
      return [{ key, name: name < 0 ? speechWords.length : name, units }];
    });
  return found.sort((a, b) => a.name - b.name || b.units - a.units)[0]?.key ?? null;
}

// Meanings of words for speakers that are not known ones.
function meanRoles(words: readonly string[]): { roles?: Record<string, MappedRole>; doubt: string | null } {
  const known = new Map(words.map((word) => [word, roleOf(spokenTurns, word)]));
  const unknown = words.filter((word) => known.get(word) === undefined);
  const has = (role: string): boolean => [...known.values()].includes(role as MappedRole & 'call');
  if (unknown.length === 0)
    return {
      doubt: has('user') ? null : 'no turn is of a user',
    };
  const roles: Record<string, MappedRole> = {};
  for (const word of unknown) {
    const likely = likelyRoles.get(bareName(word));
    const other = unknown.length === 1 && has('user') !== has('assistant');
    roles[word] = likely ?? (other ? (has('user') ? 'assistant' : 'user') : 'user');
  }
  const shown = unknown.map((word) => JSON.stringify(word.slice(0, 40))).join(', ');
  return { roles, doubt: `the ${unknown.length === 1 ? 'role' : 'roles'} ${shown} may mean something else` };
}

function readTranscripts(field: Field): FoundTurns | null {
  const texts = field.values.filter((value) => typeof value === 'string');
  if (!fills(texts.length, field.values.length)) return null;
  const certain = texts.filter((text) => certainTurns(text) !== null);
  if (certain.length < texts.length * 0.95) return null;
  const template = readTranscript(certain[0] ?? '')?.template;
  return {
    field,
    why: `a text with the turns written out: ${template}`,
    doubt: null,
    answered: true,
  };
}
