// What `lorch data diff` prints without --json.
import type { DatasetDiff, DiffedRow, DiffSide, Listed } from '../../app/data/diff-datasets.ts';
import { maskValues } from '../../app/sources/mask-finding.ts';
import { textOf } from '../../dataset/content.ts';
import { compareExamples } from '../../dataset/diff/compare-examples.ts';
import type { Example } from '../../dataset/example.ts';
import { maskPrivateData } from '../../dataset/text/private-data.ts';
import type { OutputStream } from '../context.ts';
import { renderPlace } from './diagnostic.ts';
import { renderDifferences } from './difference-view.ts';
import { formatCount } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';

/** Changed rows with their words, then metadata, removed and added rows, then the sums. */
export function renderDiff(diff: DatasetDiff, stream: Pick<OutputStream, 'color'>): string {
  const ink = paint(stream.color);
  const { changed, metadata, removed, added } = diff;
  return [
    ...renderList(changed, ({ a, b, by }) => [
      `${ink.yellow('changed')} ${pair(a, b, ink)} ${ink.dim(`same ${by}`)}`,
      ...differences(a, b, ink),
    ]),
    ...renderList(metadata, ({ a, b }) => [
      `${ink.blue('metadata')} ${pair(a, b, ink)}`,
      ...differences(a, b, ink),
    ]),
    ...renderList(removed, (row) => [`${ink.red('removed')} ${place(row, ink)}  ${preview(row)}`]),
    ...renderList(added, (row) => [`${ink.green('added')} ${place(row, ink)}  ${preview(row)}`]),
    ...renderSums(diff, ink),
  ]
    .map((each) => `${each}\n`)
    .join('');
}

function differences(a: DiffedRow, b: DiffedRow, ink: Ink): string[] {
  const masked = ({ example }: DiffedRow): Example => maskValues(example) as Example;
  return renderDifferences(compareExamples(masked(a), masked(b)), ink);
}

function renderList<T>({ count, listed }: Listed<T>, show: (each: T) => string[]): string[] {
  const more = count - listed.length;
  return [
    ...listed.flatMap(show),
    ...(more > 0 && listed.length > 0 ? [`  … and ${formatCount(more)} more`] : []),
    ...(listed.length > 0 ? [''] : []),
  ];
}

function renderSums(diff: DatasetDiff, ink: Ink): string[] {
  const { a, b, same, moved, changed, added, removed, metadata } = diff;
  const count = ({ count: n }: Listed<unknown>, what: string): string[] =>
    n > 0 ? [`${formatCount(n)} ${what}`] : [];
  const parts = [
    `${formatCount(same)} rows are the same${moved > 0 ? ` (${formatCount(moved)} moved)` : ''}`,
    ...count(changed, 'changed'),
    ...count(added, 'added'),
    ...count(removed, 'removed'),
    ...count(metadata, 'with other metadata'),
  ];
  return [side('a', a, ink), side('b', b, ink), parts.join(', '), verdict(diff, ink)];
}

function verdict({ a, b, equal, changed, added, removed, metadata }: DatasetDiff, ink: Ink): string {
  if (equal) return ink.green('the same dataset');
  const differs = [changed, added, removed, metadata].some(({ count }) => count > 0);
  const lost = [a, b].some(({ left_out }) => Object.keys(left_out).length > 0);
  // Nothing speaks against it, but rows that were not compared may differ.
  if (!differs && lost)
    return ink.yellow('no difference, except for rows with errors, which were not compared');
  return ink.yellow('not the same dataset');
}

function side(
  letter: string,
  { name, format, rows, fingerprint, repeats, left_out }: DiffSide,
  ink: Ink,
): string {
  const lost = Object.entries(left_out).map(([code, n]) => `${formatCount(n)} ${code}`);
  const aside = lost.length > 0 ? `, not compared because of errors: ${lost.join(', ')}` : '';
  const repeated =
    repeats > 0 ? ` with ${formatCount(repeats)} repeated ${repeats === 1 ? 'row' : 'rows'}` : '';
  return `${letter} ${ink.bold(visible(name))}  ${formatCount(rows)} rows, ${format.name}, ${ink.dim(`fingerprint ${fingerprint?.slice(0, 12)}${repeated}`)}${aside}`;
}

function pair(a: DiffedRow, b: DiffedRow, ink: Ink): string {
  return `${place(a, ink)} → ${place(b, ink)}`;
}

function place({ place: { file, line, column } }: DiffedRow, ink: Ink): string {
  return ink.bold(visible(renderPlace(column > 1 ? { file, line, column } : { file, line })));
}

const previewLength = 80;

function preview({ example }: DiffedRow): string {
  const message = example.messages.find(({ role }) => role === 'user') ?? example.messages[0];
  const text = maskPrivateData((message && textOf(message.content)) ?? '');
  const short = text.length > previewLength ? `${text.slice(0, previewLength)}…` : text;
  return visible(short.replace(/\s+/g, ' '));
}
