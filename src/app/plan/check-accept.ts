// `accept:` of a config. The config folder knows the places, this folder knows the codes.
import { distinctFindings, finding } from '../../config/finding.ts';
import type { LocatedMap } from '../../config/source/located.ts';
import { nearest } from '../../config/suggest.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { acceptableCodes } from '../../run/accept.ts';

/** Throws UserError C001 with each code that is unknown (C028) or cannot be accepted (C029), at its place. */
export async function checkAccept(written: readonly LocatedMap[]): Promise<void> {
  const asked = written.flatMap((map) => [...map.entries].map(([code, { key }]) => ({ code, at: key })));
  const refused = asked.filter(({ code }) => !acceptableCodes.includes(code));
  if (refused.length === 0) return;
  const { allCodes } = await import('../codes/explain-code.ts');
  const known = new Set((await allCodes()).map(({ code }) => code));
  const findings = distinctFindings(refused.map(({ code, at }) => refuse(code, known.has(code), at)));
  const problems = findings.length === 1 ? '1 problem' : `${findings.length} problems`;
  throw new UserError('C001', `${problems} in ${findings[0]?.at?.file ?? 'the config'}`, {
    findings,
    exitCode: 2,
  });
}

function refuse(code: string, known: boolean, at: NonNullable<Finding['at']>): Finding {
  if (known)
    return finding('C029', at, `${code} cannot be accepted`, `\`lorch explain ${code}\` says how to fix it`);
  const near = nearest(code.toUpperCase(), acceptableCodes);
  return finding(
    'C028',
    at,
    `there is no code ${code}`,
    near ? `did you mean \`${near}\`?` : '`lorch explain` lists them all; advice has A codes',
  );
}
