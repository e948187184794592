// Rows inside one JSON object, read as they come: what is outside them is blanked, and the rest is an array.

import { cellCount } from '../checks/structure/cell-count.ts';
import { rowsInside } from '../checks/structure/rows-inside.ts';
import { rowsOutOfReach } from '../checks/structure/rows-out-of-reach.ts';
import { severalLists } from '../checks/structure/several-lists.ts';
import { truncatedCell } from '../checks/structure/truncated-cell.ts';
import { positionAt } from '../text-position.ts';
import { blankOutside } from './blank-outside.ts';
import { rowOfCells } from './cells-row.ts';
import { readColumns } from './columns.ts';
import { judgeBeside, type RowsInside } from './find-rows.ts';
import { jsonArray } from './json-values.ts';
import { parsePartial } from './partial-json.ts';
import type { FileRemark, PlacedCell, RawRow, Reader, ReadOptions } from './raw-row.ts';
import { rangesOf } from './row-ranges.ts';

/** A reader for a file whose rows were found inside an object. */
export function readerOf(found: RowsInside): Reader {
  return {
    name: 'rows-inside',
    holds: 'rows inside a JSON object',
    extensions: [],
    detect: () => false,
    read: (chunks, options) => readInside(found, chunks, options),
  };
}

async function* readInside(
  found: RowsInside,
  chunks: AsyncIterable<Buffer>,
  options: ReadOptions,
): AsyncGenerator<RawRow[]> {
  const remark = remarkOn(found);
  options.remark(remark);
  if (remark.check.severity === 'error' || found.kind === 'several') return;
  if (found.kind === 'columns') {
    yield* readColumns(chunks, options);
    return;
  }
  const kind = found.kind === 'map' ? 'map' : 'list';
  const change = changeOf(found);
  const inside = { path: found.path, kind } as const;
  const beside = kind === 'list' ? besideOf(found.path, options) : () => undefined;
  for await (const rows of jsonArray.read(blankOutside(chunks, inside, beside), options))
    yield rows.map(change);
}

// A list that was too far from the start of the file to be weighed against the one that is read.
function besideOf(path: readonly string[], { remark }: ReadOptions): (key: string, start: string) => void {
  const read = path.at(-1) ?? '';
  return (key, start) => {
    const list = parsePartial(start)?.value;
    const kind = Array.isArray(list) ? judgeBeside(list, key, read) : null;
    if (kind === null) return;
    const said = `The file has rows under ${JSON.stringify(key)} as well, beside the list ${nameOf(path)}; only the latter is read.`;
    remark(
      kind === 'rows'
        ? { check: rowsInside, message: said }
        : {
            check: severalLists,
            message: said,
            hint: `write the list that is meant into a file of its own: jq -c '${queryOf(path)}[]' FILE > rows.jsonl`,
          },
    );
  };
}

function remarkOn(found: RowsInside): FileRemark {
  const say = (message: string): FileRemark => ({ check: rowsInside, message });
  switch (found.kind) {
    case 'several': {
      const [first = []] = found.paths;
      return {
        check: severalLists,
        message: `The file is one JSON object with several lists of rows: ${found.paths.map(nameOf).join(', ')}.`,
        hint: `write the one that is meant into a file of its own: jq -c '${queryOf(first)}[]' FILE > rows.jsonl`,
      };
    }
    case 'columns':
      return say('The file is one JSON object of columns; its rows are put together from them.');
    case 'table':
      return found.columns
        ? say('The file is a table: its columns are under "columns", its rows under "data".')
        : {
            check: rowsOutOfReach,
            message:
              'The file is a table with "columns" after "data", so the names come too late to read the rows.',
            hint: `jq -c '.columns as $names | .data[] | [$names, .] | transpose | map({key: .[0], value: .[1]}) | from_entries' FILE > rows.jsonl`,
          };
    case 'map':
      return say(
        found.path.length === 0
          ? 'The file is one JSON object whose members are the rows; their keys are not read.'
          : `The file is one JSON object; the members of ${nameOf(found.path)} are the rows.`,
      );
    default:
      return say(
        `The file is one JSON object; its rows are in the list ${nameOf(found.path)}${found.lift ? `, each under ${JSON.stringify(found.lift)}` : ''}.`,
      );
  }
}

function nameOf(path: readonly string[]): string {
  return JSON.stringify(path.join('.'));
}

function queryOf(path: readonly string[]): string {
  return path.map((key) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `.[${JSON.stringify(key)}]`)).join('');
}

function changeOf(found: RowsInside): (raw: RawRow) => RawRow {
  if (found.kind === 'table') return (raw) => nameValues(raw, found.columns ?? []);
  const lift = found.kind === 'list' ? found.lift : null;
  return lift === null ? (raw) => raw : (raw) => liftRow(raw, lift);
}

// What the viewer returns: the row is one member of the element, and values may be cut.
function liftRow(raw: RawRow, key: string): RawRow {
  if (raw.fault || typeof raw.value !== 'object' || raw.value === null) return raw;
  const { [key]: value, truncated_cells: cut } = raw.value as Record<string, unknown>;
  const [range] = rangesOf(raw.text).filter(({ token }) => token === key);
  if (!range) return raw;
  const text = raw.text.slice(range.start, range.end);
  const row: RawRow = { ...raw, ...positionAt(raw.text, range.start, raw), text, value };
  if (!Array.isArray(cut) || cut.length === 0) return row;
  const message = `The row is not whole: ${cut.map((name) => JSON.stringify(name)).join(', ')} ${cut.length === 1 ? 'was' : 'were'} cut off.`;
  return { ...row, value: undefined, fault: { check: truncatedCell, message, offset: 0 } };
}

/** A row whose values stand in a list, in the order of the columns. */
function nameValues(raw: RawRow, columns: readonly string[]): RawRow {
  if (raw.fault || !Array.isArray(raw.value)) return raw;
  const values = raw.value as unknown[];
  if (values.length !== columns.length) {
    const message = `The row has ${values.length} values, and there are ${columns.length} columns.`;
    return { ...raw, value: undefined, fault: { check: cellCount, message, offset: 0 } };
  }
  const cells = rangesOf(raw.text).map(
    ({ start, end }, i): PlacedCell => ({
      name: columns[i] ?? '',
      text: raw.text.slice(start, end),
      ...positionAt(raw.text, start, raw),
    }),
  );
  return rowOfCells(cells, raw);
}
