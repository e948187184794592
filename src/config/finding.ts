import type { Finding, Place } from '../diagnostics/finding.ts';
import { codeName } from './codes.ts';

/** A config finding: always an error, named by its code. */
export function finding(code: string, at: Place, message: string, hint?: string): Finding {
  return { code, name: codeName(code), severity: 'error', message, ...(hint && { hint }), at };
}

/** Merges equal findings, for example from two runs of a sweep. In file order. */
export function distinctFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const each of findings) {
    const key = JSON.stringify([each.code, each.message, each.at?.file, each.at?.line, each.at?.column]);
    if (!seen.has(key)) seen.set(key, each);
  }
  const files = [...new Set([...seen.values()].map((each) => each.at?.file))];
  const rank = (each: Finding) => files.indexOf(each.at?.file);
  return [...seen.values()].sort(
    (a, b) =>
      rank(a) - rank(b) || (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}
