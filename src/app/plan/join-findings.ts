// The findings of a sweep's plans as one list.
import type { Finding } from '../../diagnostics/finding.ts';
import type { Plan } from '../../run/plan.ts';

/** What several runs of a sweep give reason to say is said once, with how many they are. */
export function joinFindings(plans: readonly Plan[]): Finding[] {
  if (plans.length === 1) return plans[0]?.findings ?? [];
  const joined = new Map<string, Finding[]>();
  for (const { findings } of plans) {
    const counts = new Map<string, number>();
    for (const finding of findings) {
      // A code without a place may stand in one plan twice; the second is joined with the second of the others.
      const kind = JSON.stringify([finding.code, finding.at ?? null]);
      const nth = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, nth);
      const key = `${kind} ${nth}`;
      joined.set(key, [...(joined.get(key) ?? []), finding]);
    }
  }
  return [...joined.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const runs = others.length + 1;
    const same = others.every(({ message }) => message === first.message);
    if (same && runs === plans.length) return [first];
    const figures = same ? '' : ', these are the figures of the first';
    return [{ ...first, message: `${first.message} (${runs} of ${plans.length} runs${figures})` }];
  });
}
