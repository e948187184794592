// The sheet for a reviewer without a terminal: CSV for spreadsheets, or JSON lines.
import { parse } from 'csv-parse/sync';
import { textOf } from '../../dataset/content.ts';
import { exactJson } from '../../dataset/exact-json.ts';
import type { Example } from '../../dataset/example.ts';
import type { ReviewRow } from './fetch-rows.ts';

/** The columns that show a row, and the empty columns for the reviewer's answers. */
export interface SheetRow {
  row: string;
  position: number;
  at: string;
  turns: string;
  findings: string;
  verdict: string;
  reason: string;
  note: string;
  edit: string;
}

const sheetColumns = [
  'row',
  'position',
  'at',
  'turns',
  'findings',
  'verdict',
  'reason',
  'note',
  'edit',
] as const;

/** The sheet's line for one row, its answers empty. */
export function sheetRow({ fingerprint, place, example, findings }: ReviewRow, position: number): SheetRow {
  return {
    row: fingerprint,
    position,
    at: `${place.file}:${place.line}`,
    turns: turnsText(example),
    findings: findings.map(({ code, message }) => `${code} ${message}`).join('\n'),
    verdict: '',
    reason: '',
    note: '',
    edit: '',
  };
}

/** All rows as the text of a file; CSV begins with a byte order mark, because spreadsheets need it to recognise UTF-8. */
export function writeSheet(rows: readonly SheetRow[], kind: 'csv' | 'jsonl'): string {
  if (kind === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = rows.map((row) => sheetColumns.map((column) => csvCell(String(row[column]))).join(','));
  return `\ufeff${[sheetColumns.join(','), ...lines].map((line) => `${line}\r\n`).join('')}`;
}

export interface FilledRow {
  /** Line of the file, from 1. */
  line: number;
  cells: Partial<Record<string, string>>;
}

/** Reads a filled sheet. Throws an Error if the file as a whole is wrong. */
export function readSheet(text: string, kind: 'csv' | 'jsonl'): FilledRow[] {
  return kind === 'csv' ? readCsv(text.replace(/^\ufeff/, '')) : readJsonLines(text);
}

// A spreadsheet would run a cell that begins like this as a formula.
const formula = /^'*[=+\-@\t\r]/;

function csvCell(value: string): string {
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function readCsv(text: string): FilledRow[] {
  const head = text.slice(0, text.search(/[\r\n]|$/));
  // Spreadsheets in some countries separate cells by semicolons.
  const delimiter = [',', ';', '\t'].find(
    (each) => head.includes(`row${each}`) || head.includes(`${each}verdict`),
  );
  const records = parse(text, {
    delimiter: delimiter ?? ',',
    columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
  }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
  return records.map(({ record, info }) => ({
    line: info.lines,
    cells: Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name,
        value.startsWith("'") && formula.test(value) ? value.slice(1) : value,
      ]),
    ),
  }));
}

function readJsonLines(text: string): FilledRow[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new Error(`line ${i + 1} is not JSON: ${(error as Error).message}`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error(`line ${i + 1} is not a JSON object`);
    const cells = Object.entries(value).map(([key, each]) => [
      key,
      typeof each === 'string' ? each : each === null ? '' : JSON.stringify(each),
    ]);
    return [{ line: i + 1, cells: Object.fromEntries(cells) }];
  });
}

function turnsText({ messages, tools }: Example): string {
  const turns = messages.map((message) => {
    const calls = (message.tool_calls ?? []).map(
      ({ function: call }) => `→ ${call.name}(${exactJson(call.arguments)})`,
    );
    const reasoning = message.reasoning_content === undefined ? [] : [`(${message.reasoning_content})`];
    return [`${message.role}:`, ...reasoning, textOf(message.content) ?? '', ...calls].join('\n').trimEnd();
  });
  return [...turns, ...(tools ? [`tools: ${exactJson(tools)}`] : [])].join('\n\n');
}
