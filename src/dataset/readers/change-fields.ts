// Lists of turns that a row holds in another form: as JSON text, or as an object of lists, one a field of a turn.
import { createRewriting } from './offsets.ts';
import { fromPython, looksLikePython } from './python-notation.ts';
import type { RawRow } from './raw-row.ts';
import { type Range, rangesOf } from './row-ranges.ts';
import { isTurns } from './turns-shape.ts';
import { unescapeText } from './unescape-text.ts';

type Entry = Record<string, unknown>;

/** Text fields; a conversation in them may be what the model must write. */
const textFields = new Set(
  'output response answer completion text input instruction question query content target reply'.split(' '),
);

/** The first field of most rows that holds turns as lists by column, or as text; null if there is none. */
export function usesFields(rows: readonly RawRow[]): { columns: string | null; texts: string | null } | null {
  const fields = (holds: (value: unknown) => boolean): string | null => {
    const counts = new Map<string, number>();
    for (const { value } of rows)
      if (isObject(value))
        for (const [key, each] of Object.entries(value))
          if (!textFields.has(key.toLowerCase()) && holds(each)) counts.set(key, (counts.get(key) ?? 0) + 1);
    const [key] = [...counts].find(([, count]) => count * 2 > rows.length) ?? [];
    return key === undefined ? null : JSON.stringify(key);
  };
  const columns = fields((each) => turnsOf(each) !== null);
  const texts = fields((each) => turnsInText(each) !== null);
  return columns === null && texts === null ? null : { columns, texts };
}

/** The row with its turns as lists. */
export function readFields(raw: RawRow): RawRow {
  if (!isObject(raw.value)) return raw;
  const { value } = raw;
  const changed = Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
    const turns = textFields.has(key.toLowerCase()) ? null : (turnsOf(each) ?? turnsInText(each));
    return turns ? [[key, turns]] : [];
  });
  if (changed.length === 0) return raw;
  const turns = new Map(changed);
  const members = Object.entries(value).map(([key, each]): [string, unknown] => [
    key,
    turns.get(key) ?? each,
  ]);
  const row = Object.fromEntries(members);
  // A table row has no text in the file.
  if (raw.origin?.kind === 'table' || raw.origin?.kind === 'cells')
    return { ...raw, value: row, text: JSON.stringify(row) };
  const out = createRewriting();
  let at = 0;
  const ranges = rangesOf(raw.text);
  // For a repeated key the last value counts; the others are unchanged.
  const last = new Map(ranges.map((range) => [String(range.token), range]));
  for (const range of ranges) {
    if (!turns.has(String(range.token)) || last.get(String(range.token)) !== range) continue;
    out.add(raw.text.slice(at, range.start), at);
    writeTurns(raw.text, range, turns.get(String(range.token)), out);
    at = range.end;
  }
  out.add(raw.text.slice(at), at);
  const { line, column, origin } = raw;
  const of = origin && { of: origin };
  const text = out.text();
  return {
    line,
    column,
    text,
    value: row,
    fault: null,
    origin: { kind: 'rewritten', record: raw.text, offsets: out.offsets(), ...of },
  };
}

// Replaces the range with the list, and records where each part came from.
function writeTurns(
  text: string,
  { start, end }: Range,
  turns: unknown,
  out: ReturnType<typeof createRewriting>,
): void {
  const source = text.slice(start, end);
  if (source.startsWith('"')) {
    const inner = unescapeText(source);
    const python = looksLikePython(inner.text) && !isJson(inner.text) ? fromPython(inner.text) : null;
    const json = python?.json ?? inner.text;
    // Escapes are rare; between two of them, both offsets advance equally.
    if (python) out.add(json, start + 1);
    else
      for (const [i, [to, from]] of inner.offsets.entries())
        out.add(json.slice(to, inner.offsets[i + 1]?.[0] ?? json.length), start + from);
    return;
  }
  const columns = rangesOf(source).map(({ token, ...range }) => ({
    key: String(token),
    values: rangesOf(source.slice(range.start, range.end)).map((each) => ({
      from: range.start + each.start,
      to: range.start + each.end,
    })),
  }));
  const count = (turns as unknown[]).length;
  out.add('[', start);
  for (let i = 0; i < count; i += 1) {
    out.add(i === 0 ? '{' : ',{', start);
    for (const [j, { key, values }] of columns.entries()) {
      const { from = 0, to = 0 } = values[i] ?? {};
      out.add(`${j === 0 ? '' : ','}${JSON.stringify(key)}:`, start + from);
      out.add(source.slice(from, to), start + from);
    }
    out.add('}', start);
  }
  out.add(']', end);
}

/** `{"from": ["human", "gpt"], "value": ["Hi", "Hello."]}`: lists of one length, of which turns can be made. */
export function turnsOf(value: unknown): Entry[] | null {
  if (!isObject(value)) return null;
  const lists = Object.entries(value);
  const length = Array.isArray(lists[0]?.[1]) ? lists[0][1].length : 0;
  if (length === 0 || !lists.every(([, list]) => Array.isArray(list) && list.length === length)) return null;
  const turns = Array.from({ length }, (_, i) =>
    Object.fromEntries(lists.map(([key, list]) => [key, (list as unknown[])[i]])),
  );
  return isTurns(turns) ? turns : null;
}

function turnsInText(value: unknown): unknown[] | null {
  if (typeof value !== 'string' || !/^\s*[[(a]/.test(value)) return null;
  const json = isJson(value) ? value : looksLikePython(value) ? fromPython(value)?.json : undefined;
  if (json === undefined) return null;
  const list = JSON.parse(json) as unknown;
  return isTurns(list) ? list : null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
