// Surveys the fields of some rows, including nested ones: their names in a mapping, and their values.
import { escapePointer } from '../../text-position.ts';
import type { Row } from '../format.ts';
import { bareName, emptyWords } from './field-words.ts';

export interface Field {
  /** Its name in a mapping. */
  name: string;
  tokens: readonly string[];
  /** The plain name with the meaning: its own, or one above if its own has no meaning. */
  word: string;
  /** The rows' values; rows without it or with null are skipped. */
  values: unknown[];
  /** Whether it is one element of a list that has several. */
  oneOfSeveral: boolean;
}

const mostRows = 100;
const mostFields = 300;
const mostLevels = 7;

/** All fields of the rows, in their order. */
export function surveyFields(rows: readonly Row[]): Field[] {
  const fields = new Map<string, Field>();
  const visit = (value: unknown, tokens: readonly string[], several: boolean): void => {
    if (value === undefined || value === null) return;
    if (tokens.length > 0 || Array.isArray(value)) {
      const key = JSON.stringify(tokens);
      let field = fields.get(key);
      if (!field) {
        if (fields.size >= mostFields) return;
        field = { name: fieldName(tokens), tokens, word: wordOf(tokens), values: [], oneOfSeveral: false };
        fields.set(key, field);
      }
      field.values.push(value);
      field.oneOfSeveral ||= several;
    }
    if (tokens.length >= mostLevels || typeof value !== 'object') return;
    const entries = Object.entries(value);
    // If a row is a list, its elements are its fields. The first element of any other list represents all of them.
    const list = Array.isArray(value);
    const whole = list && tokens.length === 0 && entries.length <= 4;
    for (const [key, each] of list && !whole ? entries.slice(0, 1) : entries)
      visit(each, [...tokens, key], several || (list && !whole && entries.length > 1));
  };
  for (const row of rows.slice(0, mostRows)) visit(row, [], false);
  return [...fields.values()];
}

/** The name of the field with these tokens in a mapping. */
export function fieldName(tokens: readonly string[]): string {
  if (tokens.length === 0) return '.';
  const plain =
    tokens.length === 1 ? !tokens[0]?.startsWith('/') : tokens.every((token) => /^[^./]+$/.test(token));
  return plain ? tokens.join('.') : tokens.map((token) => `/${escapePointer(token)}`).join('');
}

function wordOf(tokens: readonly string[]): string {
  const named = tokens.filter((token) => !/^\d+$/.test(token)).map(bareName);
  return named.findLast((word) => !emptyWords.includes(word)) ?? named.at(-1) ?? '';
}

/** Whether nearly all rows have text there. */
export function isTextField({ values }: Field, rows: number): boolean {
  return fills(values.filter((value) => typeof value === 'string').length, Math.min(rows, mostRows));
}

/** Nine of ten, so that a few broken rows do not matter. */
export function fills(count: number, of: number): boolean {
  return count > 0 && count >= of * 0.9;
}

/** Whether the texts differ: one that is the same in most rows is neither a prompt nor an answer. */
export function isVaried({ values }: Field): boolean {
  return (
    values.length < 3 || new Set(values.map((value) => JSON.stringify(value))).size > values.length * 0.3
  );
}
