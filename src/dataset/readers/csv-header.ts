// Finds where the rows of a CSV file start: after its header, below a title, or at the beginning if there is no header.
import type { Cell } from './csv-record.ts';

export interface Start {
  /** Title records above the header. */
  skipped: number;
  /** False if the first record is a row. */
  hasHeader: boolean;
}

const mostTitles = 5;

/** Usual column names of training data; case and outer spaces do not matter. */
const knownNames = new Set(
  (
    'instruction input output prompt completion response question answer query reply system context text ' +
    'messages conversations conversation chosen rejected history tools user assistant human bot source target title content id'
  ).split(' '),
);

/** Looks at the first records of a file. */
export function findStart(records: readonly (readonly Cell[])[]): Start {
  const [first] = records;
  if (first && isRow(first)) return { skipped: 0, hasHeader: false };
  const skipped = countTitles(records);
  return { skipped, hasHeader: true };
}

// A title has one cell; the records below have several, and the first of them has usual column names.
function countTitles(records: readonly (readonly Cell[])[]): number {
  const at = records.findIndex((cells) => valuesOf(cells).length > 1);
  if (at < 1 || at > mostTitles) return 0;
  const header = records[at] ?? [];
  const below = records.slice(at + 1);
  const alike =
    below.length > 0 && below.filter((cells) => cells.length === header.length).length * 2 > below.length;
  const known = header.filter(({ value }) => knownNames.has(value.trim().toLowerCase())).length;
  // A single column whose texts contain commas looks similar, but has a usual column name.
  const titles = records.slice(0, at);
  const named = titles.some((cells) => valuesOf(cells).some((value) => knownNames.has(value.toLowerCase())));
  return alike && known > 1 && !named ? at : 0;
}

// Not a header: every cell is a sentence or a number, and two are sentences.
function isRow(cells: readonly Cell[]): boolean {
  const values = valuesOf(cells);
  const sentences = values.filter((value) => isSentence(value)).length;
  return (
    sentences > 1 &&
    values.length === cells.length &&
    values.every((value) => isSentence(value) || /^\d+(?:\.\d+)?$/.test(value))
  );
}

function isSentence(value: string): boolean {
  return (/\S\s+\S/.test(value) || value.length > 1) && /[.?!…。？！]["'”’)]*$/u.test(value);
}

function valuesOf(cells: readonly Cell[]): string[] {
  return cells.map(({ value }) => value.trim()).filter((value) => value !== '');
}
