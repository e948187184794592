// Lists of numbers in prompts, and numbers in answers.

const run =
  /(?<![\w.$/])-?\d+(?:\.\d+)?(?:(?:\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s+)-?\d+(?:\.\d+)?){2,200}(?![\w/%]|\.\d)/g;

/** The one list of three or more numbers in a text; null if there is none or more than one. */
export function onlyNumberList(text: string): number[] | null {
  const found = text.match(run);
  if (found?.length !== 1) return null;
  const [list = ''] = found;
  // Thousands with commas cannot be told from a list.
  if (/\d,\d{3}(?!\d)/.test(list)) return null;
  const numbers = numbersIn(list);
  // "The mean of these 3 numbers": how many there are may stand beside them.
  const rest = text.replace(list, ' ').match(/\d[\d.]*/g) ?? [];
  return rest.every((each) => Number(each) === numbers.length) ? numbers : null;
}

/** Every number in a text, as written. */
export function writtenNumbers(text: string): string[] {
  return text.match(/-?(?:\d{1,3}(?:,\d{3})+(?![\d])|\d+)(?:\.\d+)?/g) ?? [];
}

function numbersIn(text: string): number[] {
  return writtenNumbers(text).map(Number);
}

/** What can be asked of a list of numbers, and the answer. */
export const aggregates: Record<string, (list: readonly number[]) => number> = {
  mean: (list) => list.reduce((sum, each) => sum + each, 0) / list.length,
  median: (list) => {
    const sorted = list.toSorted((a, b) => a - b);
    const half = sorted.length >> 1;
    const upper = sorted[half] ?? 0;
    return sorted.length % 2 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
  },
  sum: (list) => list.reduce((sum, each) => sum + each, 0),
  product: (list) => list.reduce((product, each) => product * each, 1),
  largest: (list) => Math.max(...list),
  smallest: (list) => Math.min(...list),
  range: (list) => Math.max(...list) - Math.min(...list),
};
