// A format that a mapping of fields describes, from the user or found in the rows.
import type { Check, Spot } from '../checks/check.ts';
import { rejectedBeside } from '../checks/structure/rejected-beside.ts';
import { unknownKey } from '../checks/structure/unknown-key.ts';
import { keepExact } from '../exact-json.ts';
import type { Example, Role } from '../example.ts';
import { escapePointer, pointerTokens } from '../text-position.ts';
import { locateAnswered, parseAnswered } from './answered.ts';
import type { FieldMapping, MappedRole } from './field-mapping.ts';
import { isRow } from './fields.ts';
import { locateFlat, parseFlat } from './flat.ts';
import type { Format, Location, Raise, Row } from './format.ts';
import { type Layout, layoutKeys } from './layout.ts';
import { locatePair, parsePair } from './pair.ts';
import { fieldPath, type Projected, projectRow, realPointer } from './project-row.ts';
import { type ProjectedTurns, projectTurns, type TurnShape } from './project-turns.ts';
import { spokenRoles } from './roles.ts';
import type { TurnStyle } from './turn-style.ts';
import { locateTurn, parseTurns } from './turns.ts';

/** A format that a user described. */
export interface MappedFormat extends Format {
  mapping: FieldMapping;
  /** Mapped fields that none of these rows has: required ones, and others. */
  unmet(rows: readonly Row[]): { needed: string[]; other: string[] };
}

interface Reading {
  /** The row with each mapped field at its top level, and its turns with role and content. */
  row: Row;
  /** The prompt is under `messages` if it is itself a list of turns. */
  layout: Layout;
  prompted: boolean;
  place(at: Location): Location;
}

/** The format of rows whose fields `mapping` names. It can be read, not written. */
export function createMapping(mapping: FieldMapping): MappedFormat {
  const style = turnStyle(mapping);
  const base: Layout = { ...mapping, style };
  const keys = layoutKeys(base);
  const paths = [...keys].map(fieldPath);
  const turnPaths = [...style.roleKeys, ...style.contentKeys, ...(style.weightKeys ?? [])].map(fieldPath);
  const shape: TurnShape = {
    style,
    paths: turnPaths,
    inTurn: Array.isArray(mapping.roles) ? mapping.roles : null,
    alternate: true,
  };
  const sideShape = { ...shape, alternate: false };
  const answerShape: TurnShape = { ...sideShape, inTurn: ['assistant'] };
  const pair = base.rejected !== undefined;
  const holders = new Set(paths.flatMap(({ tokens }) => (tokens.length > 1 ? tokens.slice(0, 1) : [])));
  const noPrompt = base.messages === undefined && base.prompt === undefined && base.input === undefined;

  const read = (raw: Row): Reading => {
    const top = projectRow(raw, paths);
    const prompted = base.messages === undefined && isTurnList(top.row[base.prompt ?? ''], style);
    const layout = prompted ? { ...base, messages: base.prompt, prompt: undefined } : base;
    const lists = new Map<string, ProjectedTurns>();
    const expand = (key: string | undefined, as: TurnShape): void => {
      if (key !== undefined && top.row[key] !== undefined) lists.set(key, projectTurns(top.row[key], as));
    };
    expand(layout.messages, shape);
    const system = layout.system === undefined ? undefined : top.row[layout.system];
    if (
      layout.messages !== undefined &&
      typeof top.row[layout.messages] === 'string' &&
      typeof system === 'string'
    )
      lists.set(layout.system as string, withoutLabel(system));
    const answer = top.row[layout.answer ?? ''];
    if (layout.messages !== undefined && (isRow(answer) || Array.isArray(answer)))
      expand(layout.answer, isOneText(answer) ? answerShape : sideShape);
    for (const key of [layout.chosen, layout.rejected])
      if (key !== undefined && (noPrompt || typeof top.row[key] !== 'string')) expand(key, sideShape);
    // Treat both texts as transcripts or neither.
    if (noPrompt && pair && [...lists.values()].some(({ list }) => typeof list === 'string')) lists.clear();
    return {
      row:
        lists.size === 0
          ? top.row
          : keepExact(
              top.row,
              Object.fromEntries(
                Object.entries(top.row).map(([key, value]) => [key, lists.get(key)?.list ?? value]),
              ),
            ),
      layout,
      prompted,
      place: (at) => placeIn(top, lists, at),
    };
  };

  const needed = required(mapping);
  return {
    name: mapping.as ?? 'custom',
    mapping,
    lists: needed.length > 0 && needed.every((key) => /^(?:\.|\/?\d+(?:[./]|$))/.test(key)),
    shape: `${needed.length === 1 ? 'the mapped field' : 'the mapped fields'} ${needed.map((key) => JSON.stringify(key)).join(', ')}`,
    matches: (row) => {
      const { row: projected } = projectRow(row, paths);
      return needed.every((key) => projected[key] !== undefined);
    },
    parse(raw, raise): Example | null {
      const { row, layout, prompted, place } = read(raw);
      const report: Raise = (check: Check, pointer, message, extra) => {
        // If a mapping names one of two answers, that one is used.
        if (check === rejectedBeside) return;
        const [holder = ''] = check === unknownKey ? pointerTokens(pointer) : [];
        const left = row[holder];
        if (holders.has(holder) && isRow(left)) {
          raiseLeft(holder, left, raise);
          return;
        }
        const inside = extra?.inside;
        const at = place({ pointer, ...(inside !== undefined && { inside }) });
        const { inside: _, ...rest } = extra ?? {};
        raise(check, at.pointer, message, { ...rest, ...(at.inside !== undefined && { inside: at.inside }) });
      };
      if (pair) return parsePair(row, layout, report);
      if (layout.messages === undefined) return parseFlat(row, layout, keys, report);
      if (layout.answer === undefined && layout.calls === undefined)
        return parseTurns(row, layout, keys, report);
      return parseAnswered(row, layout, keys, prompted, report);
    },
    locate(raw: Row, spot: Spot): Location {
      const { row, layout, place } = read(raw);
      return place(chooseLocate(layout, pair)(row, layout, spot));
    },
    unmet(sample) {
      const rows = sample.map((row) => projectRow(row, paths).row);
      const absent = [...keys].filter((key) => rows.every((row) => row[key] === undefined));
      return {
        needed: absent.filter((key) => needed.includes(key)),
        other: absent.filter((key) => !needed.includes(key)),
      };
    },
  };
}

// The rest of an object from which fields were mapped.
function raiseLeft(holder: string, left: Row, raise: Raise): void {
  for (const key of Object.keys(left)) {
    const name = `${holder}.${key}`;
    const pointer = `/${escapePointer(holder)}/${escapePointer(key)}`;
    raise(unknownKey, pointer, `The key ${JSON.stringify(name)} means nothing to this format.`, {
      data: { key: name },
    });
  }
}

function chooseLocate(layout: Layout, pair: boolean): (row: Row, layout: Layout, spot: Spot) => Location {
  if (pair) return locatePair;
  if (layout.messages === undefined) return locateFlat;
  return layout.answer === undefined && layout.calls === undefined ? locateTurn : locateAnswered;
}

/** Whether a value is a list of turns, and not the parts of one text. */
export function isTurnList(value: unknown, style: TurnStyle): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return isRow(first) && style.roleKeys.some((key) => first[key] !== undefined);
}

function isOneText(value: unknown): boolean {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string';
}

/** The fields that every example needs. */
function required(mapping: FieldMapping): string[] {
  const { prompt, input, answer, calls, messages, chosen, rejected } = mapping;
  const sides = [chosen, rejected];
  const said = answer ?? calls;
  const asked = messages !== undefined ? [messages] : input === undefined ? [prompt] : [];
  return [...asked, said, ...sides].filter((key) => key !== undefined);
}

function turnStyle({ role, content, weight, roles }: FieldMapping): TurnStyle {
  const own = roles === undefined || Array.isArray(roles) ? {} : (roles as Record<string, MappedRole>);
  const words = Object.entries(own).map(([word, meant]): [string, Role | 'call'] => [
    word,
    meant === 'function_call' ? 'call' : meant,
  ]);
  return {
    roles: new Map([...words, ...[...spokenRoles].filter(([word]) => !Object.hasOwn(own, word))]),
    roleKeys: role === undefined ? ['role', 'from'] : [role],
    contentKeys: content === undefined ? ['content', 'value'] : [content],
    ...(weight !== undefined && { weightKeys: [weight] }),
  };
}

// Beside a transcript, the system text may have a label as well.
function withoutLabel(text: string): ProjectedTurns {
  const label = /^SYSTEM:\s*/.exec(text)?.[0].length ?? 0;
  return {
    list: text.slice(label),
    place: (_tokens, inside) => ({ tokens: [], ...(inside !== undefined && { inside: inside + label }) }),
  };
}

// Maps a place in the projected row to the real row.
function placeIn(top: Projected, lists: ReadonlyMap<string, ProjectedTurns>, at: Location): Location {
  const [name, ...below] = pointerTokens(at.pointer);
  const list = name === undefined ? undefined : lists.get(name);
  const found = list?.place(below, at.inside);
  if (!found || name === undefined) return { ...at, pointer: realPointer(top, at.pointer) };
  const pointer = [...top.tokensOf(name), ...found.tokens]
    .map((token) => `/${escapePointer(token)}`)
    .join('');
  return { pointer, ...(found.inside !== undefined && { inside: found.inside }) };
}
