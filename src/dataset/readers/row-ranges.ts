// Where the parts of a row are in its text.
import { walkJson } from '../walk-json.ts';

export interface Range {
  token: string | number;
  start: number;
  end: number;
}

/** The members or elements of the value in `text`, in order. */
export function rangesOf(text: string): Range[] {
  const ranges: Range[] = [];
  walkJson(text, {
    value(path, start) {
      if (path.length === 1) ranges.push({ token: path[0] as string | number, start, end: start });
    },
    valueEnd(path, end) {
      const last = ranges.at(-1);
      if (path.length === 1 && last) last.end = end;
    },
  });
  return ranges;
}
