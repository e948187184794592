// Every code of lorch in one list.
import { configCodes } from '../../config/codes.ts';
import type { Check } from '../../dataset/checks/check.ts';
import { checks, datasetCodes } from '../../dataset/checks/index.ts';
import type { CodeDoc } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { hubCodes } from '../../hub/codes.ts';
import { modelCodes } from '../../model/codes.ts';
import { pythonCodes } from '../../python/codes.ts';
import { acceptableCodes } from '../../run/accept.ts';
import { adviceCodes } from '../../run/advice/index.ts';
import { eventCodes } from '../../run/event-findings.ts';
import { failureCodes } from '../../run/failure-rules.ts';
import { storeCodes } from '../../store/codes.ts';
import { superviseCodes } from '../../supervise/codes.ts';
import { queueCodes } from '../../supervise/queue/codes.ts';
import { remoteCodes } from '../../supervise/remote-codes.ts';
import { appCodes } from './codes.ts';
import { reviewCodes } from './review-codes.ts';
import { sourceCodes } from './source-codes.ts';
import { trainerCodes } from './trainer-codes.ts';

/** All codes in order; the trainer's own come from the file that it reads itself. */
export async function allCodes(): Promise<CodeDoc[]> {
  const listed = [
    ...adviceCodes,
    ...appCodes,
    ...sourceCodes,
    ...configCodes,
    ...datasetCodes,
    ...hubCodes,
    ...modelCodes,
    ...pythonCodes,
    ...eventCodes,
    ...failureCodes,
    ...storeCodes,
    ...reviewCodes,
    ...superviseCodes,
    ...remoteCodes,
    ...queueCodes,
    ...(await trainerCodes()),
  ].map(({ code, name, severity, title, prose }) => ({ code, name, severity, title, prose }));
  return listed.sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** What a code means, and what to do about it. */
export interface ExplainedCode extends CodeDoc {
  /** How to fix, switch off or accept it, in a sentence or two each. */
  remedies: string[];
}

/** One code, in any case of letters. Throws UserError U113. */
export async function explainCode(code: string): Promise<ExplainedCode> {
  const codes = await allCodes();
  const wanted = code.toUpperCase();
  const found = codes.find((each) => each.code === wanted || each.name === code.toLowerCase());
  if (found) return { ...found, remedies: remediesOf(found) };
  const near = codes.filter((each) => each.code.startsWith(wanted.slice(0, 3))).map((each) => each.code);
  throw new UserError('U113', `there is no code ${code}`, {
    hint: near.length > 0 ? `there are ${near.join(', ')}` : '`lorch explain` lists them all',
  });
}

/** Depends on the kind of code: checks of rows have settings, some findings of a plan can be accepted. */
function remediesOf({ code, severity }: CodeDoc): string[] {
  const check = checks.find((each) => each.code === code);
  if (check) return checkRemedies(check);
  if (acceptableCodes.includes(code))
    return [`If you know better, accept it in the config, with the reason: accept: { ${code}: "…" }`];
  if (['V020', 'V021', 'V022'].includes(code))
    return ['`lorch train --unreviewed "reason"` trains without a review; the reason stays on the run.'];
  return severity === 'error' ? ['It cannot be accepted or switched off: fix what it names.'] : [];
}

function checkRemedies({ code, hint, fatal, severity, thresholds }: Check): string[] {
  const names = Object.keys(thresholds ?? {});
  return [
    `To fix it: ${hint}.`,
    ...(severity === 'error'
      ? ['To drop such rows in a run: dataset.on_error: drop. The ledger names each.']
      : []),
    ...(fatal
      ? ['It cannot be switched off: such a row cannot be used.']
      : [
          `To accept it in one row, add to the row: "lorch": {"ignore": ["${code}"]}`,
          `To switch it off: --skip ${code} for one check, or checks: { ${code}: off } in lorch.yaml or beside the dataset.`,
        ]),
    ...(names.length > 0 ? [`To change its thresholds: checks: { ${code}: { ${names.join(', ')} } }`] : []),
  ];
}
