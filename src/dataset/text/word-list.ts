// Lists of single words.

/** The words of a list, lower case, with commas or lines between; null if an item is more than one word. */
export function wordList(text: string): string[] | null {
  const plain = text.trim().replace(/^\[|[\].]+$/g, '');
  const parts = plain.split(plain.includes('\n') ? /\s*\n\s*/ : /\s*[,;]\s*(?:and\s+)?|\s+and\s+/);
  const words = parts
    .map((part) =>
      part
        .replace(/^(?:[-*•]|\d{1,2}[.)])\s+/, '')
        .replace(/^["'“]|["'”,.]+$/g, '')
        .toLowerCase(),
    )
    .filter((part) => part !== '');
  return words.every((word) => /^[a-z]+$/.test(word)) ? words : null;
}

/** The words in the order of the alphabet. */
export function sortedWords(words: readonly string[]): string[] {
  return words.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
