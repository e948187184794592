// Reports each name that matches nothing in the model, with the nearest valid name.
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { nearestNames } from './nearest.ts';

/** What to write instead: "did you mean", or all there is to choose from. */
export function suggest(word: string, names: readonly string[]): string {
  const near = nearestNames(word, names);
  return near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${[...new Set(names)].join(', ')}`;
}

/** One UserError for all findings, under the first one's code. */
export function asError(findings: Finding[]): UserError {
  const [first] = findings;
  const message =
    findings.length === 1 ? (first?.message ?? '') : `${findings.length} names do not fit the model`;
  return new UserError(first?.code ?? 'M001', message, {
    ...(findings.length === 1 ? {} : { findings }),
    ...(findings.length === 1 && first?.hint ? { hint: first.hint } : {}),
  });
}

/** The last part of a dotted name. */
export function leafOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
