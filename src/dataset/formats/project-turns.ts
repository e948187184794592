// Converts a list of turns in any shape of datasets to turns with role and content, and maps places back.
import type { Role } from '../example.ts';
import { escapePointer, pointerTokens } from '../text-position.ts';
import { isRow } from './fields.ts';
import { type FieldPath, projectRow, realPointer } from './project-row.ts';
import { certainTurns, type TranscriptTurn, unitInText } from './read-transcript.ts';
import { roleOf } from './roles.ts';
import { parseJson } from './tools.ts';
import type { TurnStyle } from './turn-style.ts';

export interface ProjectedTurns {
  /** The turns with their role and content under the names of the style. */
  list: unknown;
  /** Maps a place in one of them, given by its tokens below the list, to the field; null if it is the same. */
  place(
    tokens: readonly string[],
    inside: number | undefined,
  ): { tokens: readonly string[]; inside?: number } | null;
}

export interface TurnShape {
  style: TurnStyle;
  paths: readonly FieldPath[];
  /** Roles of turns that are plain texts. */
  inTurn: readonly Role[] | null;
  /** Whether texts without such roles alternate between user and assistant. */
  alternate: boolean;
}

const usual: readonly Role[] = ['user', 'assistant'];

/** Returns any other value unchanged. */
export function projectTurns(value: unknown, shape: TurnShape): ProjectedTurns {
  if (typeof value === 'string') return readText(value, shape);
  if (isRow(value)) return single(value, shape);
  if (!Array.isArray(value)) return same(value);
  // Either all pairs of texts begin with a role or none does, because a user may ask for a word such as "AI".
  const spoken = value.every((turn) => !isPair(turn) || roleOf(shape.style, turn[0]) !== undefined);
  const turns = value.flatMap((turn: unknown, i): Spread[] => {
    const tokens = [String(i)];
    const projected = isRow(turn) ? projectRow(turn, shape.paths).row : turn;
    return spread(turn, projected, tokens, shape, spoken) ?? [{ turn, projected, tokens, nested: true }];
  });
  const texts = shape.alternate && value.length > 1 && value.every((turn) => typeof turn === 'string');
  const roles = shape.inTurn ?? (texts ? usual : null);
  return {
    list: turns.map(({ turn, projected = turn }, i) =>
      roles && typeof turn === 'string' ? made(shape, roles[i % roles.length] as Role, turn) : projected,
    ),
    place([index, ...rest], inside) {
      const found = turns[Number(index)];
      if (!found) return null;
      const at = inside === undefined ? {} : { inside };
      if (!found.nested || typeof found.turn === 'string') return { tokens: found.tokens, ...at };
      if (!isRow(found.turn) || rest.length === 0) return { tokens: [...found.tokens, ...rest], ...at };
      return { tokens: [...found.tokens, ...realTokens(found.turn, rest, shape)], ...at };
    },
  };
}

interface Spread {
  turn: unknown;
  /** The turn with role and content under the names of the style. */
  projected?: unknown;
  tokens: string[];
  /** Whether the turn is the row's own object, with fields below it. */
  nested?: true;
}

// ["human", "Hi"], ["Hi", "Hello."] and {"human": "Hi", "gpt": "Hello."} are other ways to name the speaker.
function spread(
  turn: unknown,
  projected: unknown,
  tokens: string[],
  shape: TurnShape,
  spoken: boolean,
): Spread[] | null {
  const { style } = shape;
  if (Array.isArray(turn)) {
    if (!isPair(turn)) return null;
    const [first, second] = turn;
    if (spoken) return [{ turn: made(shape, first, second), tokens: [...tokens, '1'] }];
    return [
      { turn: made(shape, 'user', first), tokens: [...tokens, '0'] },
      { turn: made(shape, 'assistant', second), tokens: [...tokens, '1'] },
    ];
  }
  if (!isRow(turn) || !isRow(projected)) return null;
  const has = (key: string): boolean => projected[key] !== undefined;
  if (style.roleKeys.some(has) || style.contentKeys.some(has)) return null;
  const said = Object.entries(turn).filter(([, text]) => text !== null);
  if (said.length === 0 || said.some(([word, text]) => !roleOf(style, word) || typeof text !== 'string'))
    return null;
  return said.map(([word, text]) => ({ turn: made(shape, word, text as string), tokens: [...tokens, word] }));
}

function isPair(turn: unknown): turn is [string, string] {
  return Array.isArray(turn) && turn.length === 2 && turn.every((each) => typeof each === 'string');
}

function made({ style }: TurnShape, role: string, content: string): Record<string, unknown> {
  return { [style.roleKeys[0] ?? 'role']: role, [style.contentKeys[0] ?? 'content']: content };
}

function same(list: unknown): ProjectedTurns {
  return { list, place: () => null };
}

function single(turn: Record<string, unknown>, shape: TurnShape): ProjectedTurns {
  return {
    list: projectRow(turn, shape.paths).row,
    place: (tokens, inside) =>
      tokens.length === 0
        ? null
        : { tokens: realTokens(turn, tokens, shape), ...(inside !== undefined && { inside }) },
  };
}

function realTokens(
  turn: Record<string, unknown>,
  tokens: readonly string[],
  { paths }: TurnShape,
): string[] {
  const pointer = tokens.map((token) => `/${escapePointer(token)}`).join('');
  return pointerTokens(realPointer(projectRow(turn, paths), pointer));
}

// A list as JSON text, or a conversation that a template wrote. Pointers cannot lead into a text, so the text itself is the place.
function readText(text: string, shape: TurnShape): ProjectedTurns {
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (typeof parsed === 'object' && parsed !== null)
    return { list: projectTurns(parsed, shape).list, place: () => ({ tokens: [] }) };
  const turns = certainTurns(text);
  if (!turns) return same(text);
  return {
    list: turns.map(({ role, content }) => made(shape, role, content)),
    place: ([index], inside) => placeInText(turns[Number(index)], inside),
  };
}

function placeInText(
  turn: TranscriptTurn | undefined,
  inside: number | undefined,
): { tokens: []; inside?: number } {
  return (turn && { tokens: [], inside: unitInText(turn, inside ?? 0) }) || { tokens: [] };
}
