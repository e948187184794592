import { editDistance } from '../diagnostics/edit-distance.ts';

/** The candidate a person may have meant, or undefined if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '_');
  const wanted = plain(word);
  let best: string | undefined;
  // Up to a third of the letters may differ, at most three.
  let distance = Math.min(3, Math.max(1, Math.floor(wanted.length / 3))) + 1;
  if (wanted.length > 100) return undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= distance) continue;
    const found = editDistance(wanted, plain(candidate));
    if (found < distance && found < plain(candidate).length) {
      best = candidate;
      distance = found;
    }
  }
  return best;
}
