// An object of columns: `{"instruction": […], "output": […]}`, or each column an object by row. A row's values are far
// apart, so the whole file must be in memory, up to a limit.
import { rowsOutOfReach } from '../checks/structure/rows-out-of-reach.ts';
import { walkJson } from '../walk-json.ts';
import { rowOfCells } from './cells-row.ts';
import { parseRowBytes } from './parse-row.ts';
import type { PlacedCell, RawRow, ReadOptions } from './raw-row.ts';

/** The most bytes of a file to keep in memory. */
const mostBytes = 64_000_000;
const batchRows = 500;

/** The rows, in the order of the first column. */
export async function* readColumns(
  chunks: AsyncIterable<Buffer>,
  options: ReadOptions,
): AsyncGenerator<RawRow[]> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes <= mostBytes) parts.push(Buffer.from(chunk));
    else parts.length = 0;
  }
  if (bytes > mostBytes) {
    options.remark({
      check: rowsOutOfReach,
      message: `The file is one JSON object of columns with ${bytes.toLocaleString('en-US')} bytes; lorch reads up to ${mostBytes.toLocaleString('en-US')} in this form.`,
      hint: `jq -c '[keys_unsorted, ([.[] | [.[]]] | transpose)] as [$names, $rows] | $rows[] | [$names, .] | transpose | map({key: .[0], value: .[1]}) | from_entries' FILE > rows.jsonl`,
    });
    return;
  }
  const whole = parseRowBytes(Buffer.concat(parts), 1, 1);
  if (whole.fault) {
    yield [whole];
    return;
  }
  const uneven = describeLengths(whole.value);
  if (uneven !== null) {
    options.remark({
      check: rowsOutOfReach,
      message: `The columns have different lengths (${uneven}), so that it is not certain which values belong together.`,
      hint: 'fill the shorter columns, or write the rows as JSON lines',
    });
    return;
  }
  const rows = [...cellsByRow(whole.text).values()];
  for (let from = 0; from < rows.length; from += batchRows)
    yield rows
      .slice(from, from + batchRows)
      .map((cells) => rowOfCells(cells, cells[0] ?? { line: 1, column: 1 }));
}

// If list columns have different lengths: the first two that differ.
function describeLengths(value: unknown): string | null {
  const lists = Object.entries(value as Record<string, unknown>).filter(([, list]) => Array.isArray(list));
  const length = (list: unknown): number => (list as unknown[]).length;
  const [first] = lists;
  const other = lists.find(([, list]) => length(list) !== length(first?.[1]));
  if (!first || !other) return null;
  return [first, other].map(([name, list]) => `${JSON.stringify(name)}: ${length(list)}`).join(', ');
}

// Each value with its row and its place. Both the walk and the line numbers only go forward.
function cellsByRow(text: string): Map<string, PlacedCell[]> {
  const rows = new Map<string, PlacedCell[]>();
  let line = 1;
  let lineStart = 0;
  let next = text.indexOf('\n');
  let start = 0;
  walkJson(text, {
    value(path, offset) {
      if (path.length === 2) start = offset;
    },
    valueEnd(path, offset) {
      if (path.length !== 2) return;
      for (; next >= 0 && next < start; next = text.indexOf('\n', lineStart)) {
        line += 1;
        lineStart = next + 1;
      }
      const [name, row] = path as [string | number, string | number];
      const cells = rows.get(String(row)) ?? [];
      rows.set(String(row), cells);
      cells.push({
        name: String(name),
        text: text.slice(start, offset),
        line,
        column: start - lineStart + 1,
      });
    },
  });
  return rows;
}
