// Every code of lorch in one list.
import { configCodes } from '../config/codes.ts';
import { datasetCodes } from '../dataset/checks/index.ts';
import type { CodeDoc } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { hubCodes } from '../hub/codes.ts';
import { modelCodes } from '../model/codes.ts';
import { pythonCodes } from '../python/codes.ts';
import { adviceCodes } from '../run/advice/index.ts';
import { eventCodes } from '../run/event-findings.ts';
import { failureCodes } from '../run/failure-rules.ts';
import { storeCodes } from '../store/codes.ts';
import { superviseCodes } from '../supervise/codes.ts';
import { appCodes } from './codes.ts';
import { reviewCodes } from './review/codes.ts';
import { sourceCodes } from './source-findings.ts';
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
    ...(await trainerCodes()),
  ].map(({ code, name, severity, title, prose }) => ({ code, name, severity, title, prose }));
  return listed.sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** One code, in any case of letters. Throws UserError U113. */
export async function explainCode(code: string): Promise<CodeDoc> {
  const codes = await allCodes();
  const wanted = code.toUpperCase();
  const found = codes.find((each) => each.code === wanted || each.name === code.toLowerCase());
  if (found) return found;
  const near = codes.filter((each) => each.code.startsWith(wanted.slice(0, 3))).map((each) => each.code);
  throw new UserError('U113', `there is no code ${code}`, {
    hint: near.length > 0 ? `there are ${near.join(', ')}` : '`lorch explain` lists them all',
  });
}
