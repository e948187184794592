// Sentences that differ in one place only: "So, the answer is no." and "So, the answer is yes.".

const longestSlot = 3;

/**
 * The frequent sentences that fill one frame with different words. The frame is the format of the answers, and the
 * word inside is a label, which is meant to recur.
 */
export function framed(sentences: readonly string[]): Set<string> {
  const words = sentences.map((sentence) => sentence.trim().split(/\s+/));
  const found = new Set<string>();
  for (let i = 0; i < words.length; i += 1)
    for (let j = i + 1; j < words.length; j += 1)
      if (shareFrame(words[i] as string[], words[j] as string[])) {
        found.add(sentences[i] as string);
        found.add(sentences[j] as string);
      }
  return found;
}

// The same words before and after a slot of up to three words, with at least as many words around the slot as in it.
function shareFrame(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const slot = Math.max(a.length, b.length) - head - tail;
  return slot >= 1 && slot <= longestSlot && head + tail >= Math.max(2, slot);
}
