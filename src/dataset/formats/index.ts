// The formats in display order, and detection of a file's format.
import { UserError } from '../../diagnostics/user-error.ts';
import { alpaca } from './alpaca.ts';
import { chatml } from './chatml.ts';
import { chatmlText } from './chatml-text.ts';
import type { Format, Row, WritableFormat } from './format.ts';
import { preference } from './preference.ts';
import { sharegpt } from './sharegpt.ts';
import { text } from './text.ts';

export const formats: readonly WritableFormat[] = [alpaca, chatml, chatmlText, sharegpt, preference, text];

/** Names for `--format` and `--to`. */
export const formatNames: readonly string[] = formats.map((format) => format.name);

/** The names, for a sentence: `a, b and c`. */
export function listFormats(last: 'and' | 'or'): string {
  return `${formatNames.slice(0, -1).join(', ')} ${last} ${formatNames.at(-1)}`;
}

/** The format of that name. Throws UserError D093. */
export function findFormat(name: string): WritableFormat {
  const format = formats.find((each) => each.name === name);
  if (!format)
    throw new UserError('D093', `There is no dataset format ${JSON.stringify(name)}.`, {
      hint: `one of auto, ${formatNames.join(', ')}, or a .yaml file that maps the fields of the rows`,
    });
  return format;
}

export interface FormatDecision {
  /** Null if no format fits, or several fit equally well. */
  format: Format | null;
  why: string;
  /** Share of the sampled rows with the format's shape, 0 to 1. */
  confidence: number;
  /** What to do if no format fits. */
  hint?: string;
  /** Whether two formats fit, so that a person must choose. */
  alike?: true;
}

/** Decides by the shape of the sampled rows: at least half of them, and clearly more than any other format. */
export function detectFormat(sample: readonly Row[]): FormatDecision {
  const scores = formats
    .filter(({ namedOnly }) => !namedOnly)
    .map((format) => ({ format, rows: sample.filter((row) => format.matches(row)).length }))
    .sort((a, b) => b.rows - a.rows);
  const [best, second] = scores;
  const of = `of ${sample.length} sampled ${sample.length === 1 ? 'row' : 'rows'}`;
  if (!best || !second || best.rows * 2 < sample.length || best.rows === 0)
    return { format: null, confidence: 0, ...unknown(sample) };
  const confidence = best.rows / sample.length;
  if (second.rows * 2 > best.rows)
    return {
      format: null,
      why: `${best.rows} ${of} look like ${best.format.name}, ${second.rows} like ${second.format.name}`,
      confidence: 0,
      alike: true,
      hint: `say which: --format ${best.format.name} or --format ${second.format.name}`,
    };
  const typical = sample.find((row) => best.format.matches(row)) ?? {};
  const shape = best.format.shapeOf?.(typical) ?? best.format.shape;
  return { format: best.format, why: `${best.rows} ${of} have ${shape}`, confidence };
}

/** Another format whose shape the row clearly has. */
export function otherFormat(row: Row, than: Format): Format | undefined {
  return formats.find((format) => format !== than && !format.namedOnly && format.matches(row));
}

/** Whether a row has the format's shape. A row with a conversation may also have a rendered copy of it under `text`. */
function fits(row: Row, format: Format): boolean {
  return format.matches(row) && !(isNamedOnly(format) && otherFormat(row, format));
}

function isNamedOnly({ name }: Format): boolean {
  return formats.some((format) => format.name === name && format.namedOnly);
}

// The rows may be of a format that must be named.
function unknown(sample: readonly Row[]): { why: string; hint?: string } {
  const named = formats.find(
    (format) => format.namedOnly && sample.filter((row) => fits(row, format)).length * 2 >= sample.length,
  );
  return named?.namedOnly?.(sample) ?? { why: unknownWhy(sample) };
}

function unknownWhy(sample: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const row of sample) for (const key of Object.keys(row)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const keys = [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => JSON.stringify(key.slice(0, 40)));
  if (keys.length === 0) return 'the rows have no keys';
  const more = keys.length > 8 ? ` and ${keys.length - 8} more` : '';
  return `the rows have the keys ${keys.slice(0, 8).join(', ')}${more}`;
}
