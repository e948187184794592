// Two texts compared word by word.
import { diffWordsWithSpace } from 'diff';

export interface TextPart {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

// Beyond so many edits a comparison by words says nothing any more, and takes long.
const mostEdits = 2_000;

/** The parts that turn `before` into `after`, in order; where nearly everything differs, the one whole and the other. */
export function compareWords(before: string, after: string): TextPart[] {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: mostEdits });
  if (!changes) return [part('removed', before), part('added', after)].filter(({ text }) => text !== '');
  return changes.map(({ value, added, removed }) =>
    part(added ? 'added' : removed ? 'removed' : 'same', value),
  );
}

function part(kind: TextPart['kind'], text: string): TextPart {
  return { kind, text };
}
