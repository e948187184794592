// Finds the rows in a file that is one JSON object: under a key, by their ids, or in columns.
import { formats } from '../formats/index.ts';
import { turnsOf } from './change-fields.ts';
import { isTurn, isTurns } from './turns-shape.ts';

type Entry = Record<string, unknown>;

/** How the rows of an object are read out. */
export type RowsInside =
  /** A list under the keys of `path`; `lift` is the key of each element that holds its row. */
  | { kind: 'list'; path: string[]; lift: string | null }
  /** The members of the object under `path` are the rows. */
  | { kind: 'map'; path: string[] }
  /** Each member is a column: a list, or an object by row. */
  | { kind: 'columns' }
  /** Lists of values under `path`, in the order of the columns; null if their names stand behind them. */
  | { kind: 'table'; path: string[]; columns: string[] | null }
  /** Several lists, of which one is meant. */
  | { kind: 'several'; paths: string[][] };

/** Keys whose value is always the rows of a dataset. */
const listKeys = new Set(
  (
    'data rows train training test testing validation valid val dev eval examples example items samples records ' +
    'instances entries dataset results documents questions qa pairs values'
  ).split(' '),
);
const splitKeys = /^(?:train(?:ing)?|test(?:ing)?|valid(?:ation)?|val|dev|eval(?:uation)?)(?:[_ -].*)?$/i;
const deepest = 3;
const sampled = 20;

/** Examines an object that is a whole file or its beginning; null if it is a row, or unclear. */
export function findRows(value: unknown, complete: boolean): RowsInside | null {
  if (!isObject(value)) return null;
  const table = findTable(value);
  if (table) return table;
  if (Object.values(value).some(turnsOf)) return null;
  if (isColumns(value, complete)) return { kind: 'columns' };
  if (looksLikeRow(value)) return null;
  const lists = findLists(value, []);
  if (lists.length === 1 && lists[0]) return listOf(value, lists[0]);
  if (lists.length > 1) return chooseList(value, lists);
  return findMap(value, complete);
}

/** Whether what the viewer of the hub returns is unmistakable: many of them can stand in one file. */
export function isViewerPage(value: unknown): boolean {
  const rows = isObject(value) ? value.rows : undefined;
  return Array.isArray(rows) && rows.length > 0 && rows.every(isViewerRow);
}

function isViewerRow(value: unknown): boolean {
  return isObject(value) && isObject(value.row) && 'row_idx' in value;
}

/** Whether an object is a row of one of the formats. */
export function looksLikeRow(value: unknown): boolean {
  return isObject(value) && formats.some((format) => format.matches(value));
}

// pandas' orient="split": the names of the columns, and lists of values.
function findTable(value: Entry): RowsInside | null {
  const { columns, data } = value;
  if (!Array.isArray(data) || data.length === 0 || !data.slice(0, sampled).every(Array.isArray)) return null;
  if ('columns' in value && !isNames(columns)) return null;
  if (!('columns' in value)) return null;
  const names = Object.keys(value);
  const before = names.indexOf('columns') < names.indexOf('data');
  return { kind: 'table', path: ['data'], columns: before ? (columns as string[]) : null };
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
}

// Lists, or objects with the same keys, that make rows of a known format when they are put together.
function isColumns(value: Entry, complete: boolean): boolean {
  const columns = Object.values(value);
  const [only] = columns;
  if (columns.length === 0) return false;
  if (columns.length === 1) {
    // The first of several columns, which is longer than what is looked at.
    if (!complete && Array.isArray(only) && only.length > sampled && only.every(isPlain)) return true;
    // One column alone is not a prompt with its answer: it holds conversations, or whole texts.
    if (!holdsExamples(Object.keys(value)[0], only)) return false;
  }
  if (columns.every(Array.isArray)) {
    if (columns.some((list) => isTurns(list))) return false;
    const [first] = columns;
    if ((first?.length ?? 0) === 0) return false;
    const row = Object.fromEntries(Object.entries(value).map(([key, list]) => [key, (list as unknown[])[0]]));
    // Columns of several lengths are refused when they are read.
    if (looksLikeRow(row)) return true;
    const alike = columns.every((list) => list.length === first?.length) || !complete;
    return alike && columns.length > 1 && columns.every((list) => list.every(isPlain));
  }
  if (!columns.every(isObject)) return false;
  const [first] = columns;
  const keys = Object.keys(first ?? {});
  if (keys.length === 0) return false;
  const same = columns.every((each) => sameKeys(each, keys)) || !complete;
  if (!same || columns.some((each) => looksLikeRow(each))) return false;
  const row = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, (each as Entry)[keys[0] ?? '']]),
  );
  return looksLikeRow(row) || (columns.length > 1 && keys.every((key) => /^\d+$/.test(key)));
}

function holdsExamples(name: string | undefined, column: unknown): boolean {
  if (typeof column !== 'object' || column === null) return false;
  const values: unknown[] = Object.values(column);
  return values.every(isTurns) || (name === 'text' && values.every((each) => typeof each === 'string'));
}

function sameKeys(value: Entry, keys: readonly string[]): boolean {
  return Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** What a list of rows under `key` beside those that are read means: another split, rows as well, or nothing. */
export function judgeBeside(list: readonly unknown[], key: string, read: string): 'other' | 'rows' | null {
  if (!canBeRows(list, key)) return null;
  const sure = listKeys.has(read.toLowerCase()) && !splitKeys.test(read) && !listKeys.has(key.toLowerCase());
  return sure ? 'rows' : 'other';
}

// The lists that can be rows, by the keys that lead to them.
function findLists(value: Entry, path: string[]): string[][] {
  return Object.entries(value).flatMap(([key, each]) => {
    const here = [...path, key];
    if (Array.isArray(each)) return canBeRows(each, key) ? [here] : [];
    return isObject(each) && here.length < deepest && !looksLikeRow(each) ? findLists(each, here) : [];
  });
}

function canBeRows(list: readonly unknown[], key: string): boolean {
  const some = list.slice(0, sampled);
  const known = listKeys.has(key.toLowerCase()) || splitKeys.test(key);
  if (some.length === 0 || some.some(isTurn)) return false;
  if (some.every(isObject)) return known || some.filter(looksLikeRow).length * 2 > some.length;
  return known && (some.every(isTurns) || some.every((each) => Array.isArray(each) && each.length > 1));
}

function listOf(value: Entry, path: string[]): RowsInside {
  const list = path.reduce<unknown>((at, key) => (at as Entry)[key], value) as unknown[];
  const lift = list.length > 0 && list.slice(0, sampled).every(isViewerRow) ? 'row' : null;
  return { kind: 'list', path, lift };
}

// A usual key for rows wins over an unknown one; two splits are ambiguous.
function chooseList(value: Entry, lists: string[][]): RowsInside {
  const known = lists.filter((path) => listKeys.has((path.at(-1) ?? '').toLowerCase()));
  const splits = lists.filter((path) => splitKeys.test(path.at(-1) ?? ''));
  const [only] = known;
  if (known.length === 1 && only && splits.length <= 1) return listOf(value, only);
  return { kind: 'several', paths: lists };
}

// An object whose members are rows, at the top or under one key.
function findMap(value: Entry, complete: boolean): RowsInside | null {
  if (isMap(value, complete)) return { kind: 'map', path: [] };
  const inner = Object.entries(value).filter(
    ([key, each]) => listKeys.has(key.toLowerCase()) && isObject(each) && isMap(each, complete),
  );
  const [only] = inner;
  return inner.length === 1 && only ? { kind: 'map', path: [only[0]] } : null;
}

function isMap(value: Entry, complete: boolean): boolean {
  const rows = Object.values(value);
  if (rows.length === 0 || !rows.every(isObject)) return false;
  const some = rows.slice(0, sampled);
  if (some.filter(looksLikeRow).length * 2 > some.length) return true;
  const numbered = Object.keys(value).every((key) => /^\d+$/.test(key));
  const keys = Object.keys(some[0] ?? {});
  return (
    (numbered || rows.length > 2) && complete && some.length > 1 && some.every((each) => sameKeys(each, keys))
  );
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
