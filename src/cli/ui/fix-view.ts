// Fixes as differences: what goes stands in [-…-], what comes in {+…+}, with colour and without.
import { diffWordsWithSpace } from 'diff';
import type { Fixed, FixedCode, ShownFix } from '../../app/data/check/fix-dataset.ts';
import { renderPlace } from './diagnostic.ts';
import { formatCount } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';

/** Every check's first fixes and how many there are; then what was or was not written. */
export function renderFixes(fixed: Fixed, style: { color: boolean }): string {
  const ink = paint(style.color);
  const parts = fixed.codes.map((each) => renderCode(each, ink));
  return [...parts, `${last(fixed)}\n`].join('\n');
}

function renderCode({ code, name, count, skipped, shown }: FixedCode, ink: Ink): string {
  const more = count - shown.length;
  const lines = [
    `${ink.bold(code)} ${name}: ${formatCount(count)} ${count === 1 ? 'fix' : 'fixes'}`,
    ...shown.flatMap((fix) => [
      `  ${ink.dim(visible(place(fix)))}`,
      `    ${spell(fix.left)}${difference(fix, ink)}${spell(fix.right)}`,
    ]),
    ...(more > 0 ? [ink.dim(`  … and ${formatCount(more)} more`)] : []),
    ...(skipped > 0
      ? [
          ink.yellow(
            `  ${formatCount(skipped)} left: another fix changes the same place; check the copy again`,
          ),
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function place({ at }: ShownFix): string {
  return at ? `${renderPlace(at)}  ${at.pointer ?? ''}` : '';
}

// What word differences cost grows with the square of the text: a long one is shown as a whole.
const longest = 2_000;

function difference({ removed, added }: ShownFix, ink: Ink): string {
  const gone = (text: string): string => (text === '' ? '' : ink.red(`[-${spell(text, true)}-]`));
  const come = (text: string): string => (text === '' ? '' : ink.green(`{+${spell(text, true)}+}`));
  if (removed === '' || added === '' || removed.length + added.length > longest)
    return `${gone(cut(removed))}${come(cut(added))}`;
  return diffWordsWithSpace(removed, added)
    .map((part) => (part.removed ? gone(part.value) : part.added ? come(part.value) : spell(cut(part.value))))
    .join('');
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 70)} … ${text.slice(-70)}` : text;
}

// What has no shape of its own: soft hyphens, zero-width and direction marks, odd spaces.
const unseen = /[\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g;

// Line breaks and tabs as their escapes; spaces that change as dots, because they would be invisible.
function spell(text: string, changes = false): string {
  const escaped = visible(text.replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r'));
  if (!changes) return escaped;
  const shown = escaped.replace(unseen, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return /^ | $|^\s+$/.test(text) ? shown.replaceAll(' ', '·') : shown;
}

function last({ rows, writtenTo }: Fixed): string {
  const what = `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`;
  if (rows === 0)
    return writtenTo ? `nothing to fix; ${visible(writtenTo)} is a plain copy` : 'nothing to fix';
  return writtenTo
    ? `${what} fixed in ${visible(writtenTo)}; all else is copied as it was`
    : `${what} would change; -o OUT writes them into a copy`;
}
