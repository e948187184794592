// A dataset file of rows that stand in it exactly as they stood in their own: a JSON array or JSON lines, by its name.
import { type NewFile, openNewFile } from './new-file.ts';

export interface RawRowsFile extends NewFile {
  add(text: string): void | Promise<void>;
  rows(): number;
}

/** Starts a dataset file at `path`; `.json` gets an array, any other name JSON lines. */
export async function openRawRows(path: string): Promise<RawRowsFile> {
  const file = await openNewFile(path);
  const asArray = path.toLowerCase().endsWith('.json');
  let count = 0;
  return {
    ...file,
    rows: () => count,
    add(text) {
      const lead = asArray ? (count === 0 ? '[\n' : ',\n') : '';
      count += 1;
      return file.write(`${lead}${oneLine(text)}${asArray ? '' : '\n'}`);
    },
    async finish() {
      if (asArray) await file.write(count === 0 ? '[]\n' : '\n]\n');
      await file.finish();
    },
  };
}

/** A row's JSON without line breaks. These never stand inside a JSON string, so nothing of the row changes. */
export function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[ \t]*[\r\n]\s*/g, ' ') : text;
}
