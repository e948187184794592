// Compares two texts word by word.
import { diffArrays } from 'diff';
import { unspaced } from './words.ts';

export interface DifferencePart {
  text: string;
  /** `removed` is only in the first text, `added` only in the second. */
  kind: 'same' | 'removed' | 'added';
}

// With more edits than this, a difference does not help a reader and takes long to find.
const mostEdits = 1000;
const token = new RegExp(
  `(?=[\\p{L}\\p{N}])${unspaced}|(?:(?!${unspaced})[\\p{L}\\p{N}])+|\\s+|[^\\p{L}\\p{N}\\s]`,
  'gu',
);

/** The units of a difference: a word, white space, a sign; each character in scripts without spaces. */
export function differenceTokens(text: string): string[] {
  return text.match(token) ?? [];
}

/** The difference. Two texts with almost nothing in common are returned whole, one after the other. */
export function wordDifference(before: string, after: string): DifferencePart[] {
  if (before === after) return before === '' ? [] : [{ text: before, kind: 'same' }];
  const changes = diffArrays(differenceTokens(before), differenceTokens(after), {
    maxEditLength: mostEdits,
  });
  const parts: DifferencePart[] = changes
    ? changes.map(({ value, removed, added }) => ({
        text: value.join(''),
        kind: removed ? 'removed' : added ? 'added' : 'same',
      }))
    : [
        { text: before, kind: 'removed' },
        { text: after, kind: 'added' },
      ];
  return joinChanges(parts.filter(({ text }) => text !== ''));
}

// Changes with only white space between them are shown as one: first everything removed, then everything added.
function joinChanges(parts: readonly DifferencePart[]): DifferencePart[] {
  const joined: DifferencePart[] = [];
  let [removed, added] = ['', ''];
  const close = (): void => {
    if (removed !== '') joined.push({ text: removed, kind: 'removed' });
    if (added !== '') joined.push({ text: added, kind: 'added' });
    [removed, added] = ['', ''];
  };
  parts.forEach(({ text, kind }, i) => {
    if (kind === 'removed') removed += text;
    else if (kind === 'added') added += text;
    else if (removed !== '' && added !== '' && text.trim() === '' && i + 1 < parts.length) {
      removed += text;
      added += text;
    } else {
      close();
      joined.push({ text, kind });
    }
  });
  close();
  return joined;
}
