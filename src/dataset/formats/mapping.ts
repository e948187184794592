// A format that a user describes: which field of the rows holds what.
import type { Check, Spot } from '../checks/check.ts';
import { rejectedBeside } from '../checks/rejected-beside.ts';
import { unknownKey } from '../checks/unknown-key.ts';
import { keepExact } from '../exact-json.ts';
import type { Example, Role } from '../example.ts';
import { escapePointer, pointerTokens } from '../text-position.ts';
import { isRow } from './fields.ts';
import { locateFlat, parseFlat } from './flat.ts';
import type { Format, Location, Raise, Row } from './format.ts';
import { type Layout, layoutKeys } from './layout.ts';
import { locatePair, parsePair } from './pair.ts';
import { type FieldPath, fieldPath, type Projected, projectRow, realPointer } from './project-row.ts';
import { spokenRoles } from './roles.ts';
import type { TurnStyle } from './turn.ts';
import { locateTurn, parseTurns } from './turns.ts';

/**
 * Names of fields: keys, paths (`data.question`) or JSON pointers (`/data/question`). Either `messages`, or `prompt` with
 * `answer`; or `chosen` and `rejected`, with a prompt in either way or at the start of both.
 */
export interface FieldMapping {
  prompt?: string | undefined;
  input?: string | undefined;
  answer?: string | undefined;
  system?: string | undefined;
  history?: string | undefined;
  messages?: string | undefined;
  /** Fields of a turn; `role` and `content` unless told. */
  role?: string | undefined;
  content?: string | undefined;
  weight?: string | undefined;
  /** The rows' own words for roles; or, where turns are plain texts, the roles that speak in turn. */
  roles?: Readonly<Record<string, MappedRole>> | readonly Role[] | undefined;
  tools?: string | undefined;
  chosen?: string | undefined;
  rejected?: string | undefined;
}

/** What a word for a role may mean; `function_call` is a turn whose text is a tool call. */
export type MappedRole = Role | 'function_call';

/** A format that a user described. */
export interface MappedFormat extends Format {
  /** Mapped fields that none of these rows has: those that are needed, and the others. */
  unmet(rows: readonly Row[]): { needed: string[]; other: string[] };
}

/** The format of rows whose fields `mapping` names. It is read, not written. */
export function createMapping(mapping: FieldMapping): MappedFormat {
  const style = turnStyle(mapping);
  const layout: Layout = { ...mapping, style };
  const keys = layoutKeys(layout);
  const paths = [...keys].map(fieldPath);
  const turnPaths = [...style.roleKeys, ...style.contentKeys, ...(style.weightKeys ?? [])].map(fieldPath);
  const inTurn = Array.isArray(mapping.roles) ? mapping.roles : null;
  const lists = new Set(
    [mapping.messages, mapping.chosen, mapping.rejected].filter((key) => key !== undefined),
  );

  const holders = new Set(paths.flatMap(({ tokens }) => (tokens.length > 1 ? tokens.slice(0, 1) : [])));

  const project = (row: Row): Projected => {
    const top = projectRow(row, paths);
    if (!inTurn && turnPaths.every(({ name: each, tokens }) => tokens[0] === each)) return top;
    const entries = Object.entries(top.row).map(([key, value]): [string, unknown] => [
      key,
      lists.has(key) ? projectTurns(value, turnPaths, inTurn) : value,
    ]);
    return { ...top, row: keepExact(top.row, Object.fromEntries(entries)) };
  };
  const place = (row: Row, projected: Projected, at: Location): Location => ({
    ...at,
    pointer: realTurnPointer(row, realPointer(projected, at.pointer), projected, lists, turnPaths),
  });

  return {
    name: 'custom',
    shape: `${required(mapping).length === 1 ? 'the mapped field' : 'the mapped fields'} ${quoteAll(required(mapping))}`,
    matches: (row) => missing(projectRow(row, paths).row, mapping).length === 0,
    parse(row, raise): Example | null {
      const projected = project(row);
      const report: Raise = (check: Check, pointer, message, extra) => {
        // Whoever maps one answer of two has said which one is meant.
        if (check === rejectedBeside) return;
        const [holder = ''] = check === unknownKey ? pointerTokens(pointer) : [];
        if (holders.has(holder) && isRow(projected.row[holder])) {
          raiseLeft(holder, projected.row[holder], raise);
          return;
        }
        raise(check, place(row, projected, { pointer }).pointer, message, extra);
      };
      if (mapping.rejected !== undefined) return parsePair(projected.row, layout, report);
      if (mapping.messages !== undefined) return parseTurns(projected.row, layout, keys, report);
      return parseFlat(projected.row, layout, keys, report);
    },
    locate(row: Row, spot: Spot): Location {
      const projected = project(row);
      const locate =
        mapping.rejected !== undefined
          ? locatePair
          : mapping.messages !== undefined
            ? locateTurn
            : locateFlat;
      return place(row, projected, locate(projected.row, layout, spot));
    },
    unmet(sample) {
      const rows = sample.map((row) => projectRow(row, paths).row);
      const absent = [...keys].filter((key) => rows.every((row) => row[key] === undefined));
      const needed = new Set(required(mapping));
      return {
        needed: absent.filter((key) => needed.has(key)),
        other: absent.filter((key) => !needed.has(key)),
      };
    },
  };
}

// Of an object from which fields were mapped: what is left of it.
function raiseLeft(holder: string, left: Row, raise: Raise): void {
  for (const key of Object.keys(left)) {
    const name = `${holder}.${key}`;
    const pointer = `/${escapePointer(holder)}/${escapePointer(key)}`;
    raise(unknownKey, pointer, `The key ${JSON.stringify(name)} means nothing to this format.`, {
      data: { key: name },
    });
  }
}

// The fields without which no row is an example.
function required({ prompt, input, answer, messages, chosen, rejected }: FieldMapping): string[] {
  const sides = [chosen, rejected].filter((key) => key !== undefined);
  if (messages !== undefined) return [messages, ...sides];
  const asked = input === undefined ? [prompt] : [];
  return [...asked, answer, ...sides].filter((key) => key !== undefined);
}

function missing(row: Row, mapping: FieldMapping): string[] {
  return required(mapping).filter((key) => row[key] === undefined);
}

function turnStyle({ role, content, weight, roles }: FieldMapping): TurnStyle {
  const own = roles === undefined || Array.isArray(roles) ? {} : (roles as Record<string, MappedRole>);
  const words = Object.entries(own).map(([word, meant]): [string, Role | 'call'] => [
    word,
    meant === 'function_call' ? 'call' : meant,
  ]);
  return {
    roles: new Map([...words, ...[...spokenRoles].filter(([word]) => !Object.hasOwn(own, word))]),
    roleKeys: [role ?? 'role'],
    contentKeys: [content ?? 'content'],
    ...(weight !== undefined && { weightKeys: [weight] }),
  };
}

function projectTurns(list: unknown, paths: readonly FieldPath[], inTurn: readonly Role[] | null): unknown {
  if (isRow(list)) return projectRow(list, paths).row;
  if (!Array.isArray(list)) return list;
  return list.map((turn: unknown, i) => {
    if (inTurn && typeof turn === 'string') return { role: inTurn[i % inTurn.length], content: turn };
    return isRow(turn) ? projectRow(turn, paths).row : turn;
  });
}

// From a pointer whose last part names a field of a turn to that field; a turn that is a text is itself the place.
function realTurnPointer(
  row: Row,
  pointer: string,
  projected: Projected,
  lists: ReadonlySet<string>,
  paths: readonly FieldPath[],
): string {
  for (const list of lists) {
    const base = projected
      .tokensOf(list)
      .map((token) => `/${escapePointer(token)}`)
      .join('');
    if (!pointer.startsWith(`${base}/`)) continue;
    const rest = pointerTokens(pointer.slice(base.length));
    const value = projectRow(row, [fieldPath(list)]).row[list];
    const before = Array.isArray(value) ? rest.slice(0, 1) : [];
    const turn: unknown = Array.isArray(value) ? value[Number(rest[0])] : value;
    const [field, ...below] = rest.slice(before.length);
    const at = [base, ...before.map((token) => `/${token}`)].join('');
    if (field === undefined || typeof turn === 'string') return at;
    if (!isRow(turn)) return pointer;
    return at + realPointer(projectRow(turn, paths), `/${[field, ...below].map(escapePointer).join('/')}`);
  }
  return pointer;
}

function quoteAll(keys: readonly string[]): string {
  return keys.map((key) => JSON.stringify(key)).join(', ');
}
