// `accept:` of a config: findings that somebody has read and accepted, each with a reason.
import type { Finding } from '../diagnostics/finding.ts';
import { adviceRules } from './advice/index.ts';

/** Advice, a forecast of too little memory, and a template without end of turn can be accepted; other findings must be fixed. */
export const acceptableCodes: readonly string[] = [
  ...adviceRules.map(({ code }) => code),
  'P020',
  'P021',
  'T014',
];

/**
 * The findings of the plans of one config: accepted ones become notes with the reason in `data.accepted`. A code
 * that occurs in none of the plans gives a note (P040) in the plans that accept it.
 */
export function acceptFindings(
  plans: readonly { findings: readonly Finding[]; accept: Readonly<Record<string, string>> }[],
): Finding[][] {
  const arisen = new Set(plans.flatMap(({ findings }) => findings.map(({ code }) => code)));
  return plans.map(({ findings, accept }) => [
    ...findings.map((finding) => acceptOne(finding, accept)),
    ...Object.keys(accept)
      .filter((code) => !arisen.has(code))
      .map(unused),
  ]);
}

function acceptOne(finding: Finding, accept: Readonly<Record<string, string>>): Finding {
  if (!Object.hasOwn(accept, finding.code)) return finding;
  const reason = accept[finding.code]?.trim() ?? '';
  return {
    ...finding,
    severity: 'note',
    hint: `accepted: ${reason}`,
    data: { ...finding.data, accepted: reason },
  };
}

function unused(code: string): Finding {
  return {
    code: 'P040',
    name: 'accepted-did-not-arise',
    severity: 'note',
    message: `the config accepts ${code}, which did not arise`,
    hint: `accept.${code} can go`,
    data: { code },
  };
}
