// The ladder of a calibration: the sizes of batch × sequence to measure, and the size to use for a plan.

export interface RungSize {
  batch: number;
  sequenceTokens: number;
}

/** Up to four sizes below and at the one that a run would have, the smallest first. */
export function ladderSizes(batch: number, sequenceTokens: number): RungSize[] {
  const part = (divisor: number) => Math.max(1, Math.floor(sequenceTokens / divisor));
  return distinctSizes([
    { batch: 1, sequenceTokens: part(4) },
    { batch: 1, sequenceTokens },
    { batch, sequenceTokens: part(2) },
    { batch, sequenceTokens },
  ]);
}

/** Without repetitions, by tokens on the device at once. */
export function distinctSizes(sizes: readonly RungSize[]): RungSize[] {
  const byName = new Map(sizes.map((size) => [`${size.batch}×${size.sequenceTokens}`, size]));
  return [...byName.values()].sort((a, b) => tokensAtOnce(a) - tokensAtOnce(b) || a.batch - b.batch);
}

/** Tokens on the device at once. */
export function tokensAtOnce({ batch, sequenceTokens }: RungSize): number {
  return batch * sequenceTokens;
}

/** The nearest rung of each ladder, by ratio of sizes, so that a ladder counts as one run. Runs are kept. */
export function nearestRungs<T extends { ladder: { id: string; tokensAtOnce: number } | null }>(
  measured: readonly T[],
  tokens: number,
): T[] {
  const distance = (each: T) => Math.abs(Math.log((each.ladder?.tokensAtOnce ?? tokens) / tokens));
  const nearest = new Map<string, T>();
  for (const each of measured) {
    if (!each.ladder) continue;
    const known = nearest.get(each.ladder.id);
    if (!known || distance(each) < distance(known)) nearest.set(each.ladder.id, each);
  }
  return measured.filter((each) => !each.ladder || nearest.get(each.ladder.id) === each);
}
