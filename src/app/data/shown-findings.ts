// The first few findings of each code that matter: notes say nothing about a file that is written.
import type { Finding, Severity } from '../../diagnostics/finding.ts';

/** Findings of one code: how many there were, and the first few. */
export interface ShownCode {
  code: string;
  name: string;
  severity: Severity;
  count: number;
  findings: Finding[];
}

export interface ShownFindings {
  add(finding: Finding): void;
  /** The worst first, then the most frequent; `severity` leaves out all others. */
  codes(severity?: Severity): ShownCode[];
}

const weight: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

/** Keeps `perCode` findings of each code. */
export function createShownFindings(perCode: number): ShownFindings {
  const found = new Map<string, ShownCode>();
  return {
    add(finding) {
      const { code, name, severity } = finding;
      if (severity === 'note') return;
      const known = found.get(code) ?? { code, name, severity, count: 0, findings: [] };
      found.set(code, known);
      known.count += 1;
      if (known.findings.length < perCode) known.findings.push(finding);
    },
    codes: (severity) =>
      [...found.values()]
        .filter((each) => severity === undefined || each.severity === severity)
        .sort(
          (a, b) =>
            weight[a.severity] - weight[b.severity] || b.count - a.count || (a.code < b.code ? -1 : 1),
        ),
  };
}
