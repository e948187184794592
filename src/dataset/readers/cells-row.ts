// A row that is combined from values in several places.
import type { PlacedCell, RawRow } from './raw-row.ts';

/** The row that cells make; `value` of each is in the text. */
export function rowOfCells(cells: readonly PlacedCell[], at: { line: number; column: number }): RawRow {
  const text = `{${cells.map(({ name, text: value }) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
  // fromEntries defines "__proto__" as an ordinary member; assignment would not.
  const value = Object.fromEntries(cells.map((cell) => [cell.name, JSON.parse(cell.text) as unknown]));
  return { line: at.line, column: at.column, text, value, fault: null, origin: { kind: 'cells', cells } };
}
