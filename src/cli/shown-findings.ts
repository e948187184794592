// The first few findings of each code that matter: notes say nothing about a file that is written.
import type { Finding, Severity } from '../diagnostics/finding.ts';

export interface ShownFindings {
  add(finding: Finding): void;
  /** All that were kept, or those of one severity. */
  findings(severity?: Severity): Finding[];
}

/** Keeps `perCode` findings of each code. */
export function createShownFindings(perCode: number): ShownFindings {
  const found = new Map<string, Finding[]>();
  return {
    add(finding) {
      const list = found.get(finding.code) ?? [];
      if (list.length < perCode && finding.severity !== 'note') list.push(finding);
      found.set(finding.code, list);
    },
    findings: (severity) =>
      [...found.values()].flat().filter((each) => severity === undefined || each.severity === severity),
  };
}
