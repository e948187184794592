import { editDistance } from '../diagnostics/edit-distance.ts';

/** The names closest to `word`, the closest first; none that shares too little with it. */
export function nearestNames(word: string, names: Iterable<string>, count = 3): string[] {
  const lower = word.toLowerCase();
  const limit = Math.max(2, Math.ceil(word.length / 2));
  return [...new Set(names)]
    .map((name) => ({ name, distance: editDistance(lower, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, count)
    .map(({ name }) => name);
}
