// The text of a row for an editor, and the check of the edited text.

import type { Example } from '../../dataset/example.ts';
import { openFormat } from '../../dataset/formats/decide-format.ts';
import { resolveSettings } from '../../dataset/scan/check-settings.ts';
import { createRowJudge } from '../../dataset/scan/judged-row.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import type { ReviewRow } from './fetch-rows.ts';
import type { Population, ReviewedFiles } from './population.ts';

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The row's JSON over several lines; numbers and the order of keys are unchanged. */
export function editableText(text: string): string {
  let out = '';
  let depth = 0;
  let last = '';
  for (const [token] of text.matchAll(tokens)) {
    const closes = token === '}' || token === ']';
    const opened = last === '{' || last === '[';
    if (closes) depth -= 1;
    if (last === ',' || opened !== closes) out += `\n${'  '.repeat(depth)}`;
    out += token === ':' ? ': ' : token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
    if (token === '{' || token === '[') depth += 1;
    last = token;
  }
  return `${out}\n`;
}

/** JSON without the white space between its tokens, otherwise unchanged. */
function compactJson(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, string: string | undefined) => string ?? '');
}

export type Edited =
  | { outcome: 'changed'; text: string; fingerprint: string; example: Example }
  /** The model would see the same as before. */
  | { outcome: 'unchanged' }
  | { outcome: 'refused'; message: string; findings: Finding[] };

/** Judges an edited row as the scan would: it must be valid, must differ, and must not be in the dataset yet. */
export function judgeEdit(
  reviewed: Pick<ReviewedFiles, 'checks' | 'format' | 'files'>,
  population: Population,
  row: ReviewRow,
  edited: string,
): Edited {
  const refuse = (message: string, findings: Finding[] = []): Edited => ({
    outcome: 'refused',
    message,
    findings,
  });
  let value: unknown;
  try {
    value = JSON.parse(edited);
  } catch (error) {
    return refuse(`this is not JSON: ${(error as Error).message}`);
  }
  const named = reviewed.files.find(({ label }) => label === row.place.file)?.format ?? reviewed.format;
  const format = openFormat(
    typeof named === 'string'
      ? (population.mappings.get(row.place.file) ?? population.formats.get(row.place.file) ?? '')
      : named,
  );
  const judge = createRowJudge(format, resolveSettings(reviewed.checks), 'edited row', true, () => false);
  const judged = judge({ line: 1, column: 1, text: edited, value, fault: null });
  const errors = judged.findings.filter(({ severity }) => severity === 'error');
  if (!judged.example || judged.bytes === null)
    return refuse(`the row has ${errors.length === 1 ? 'an error' : 'errors'}`, errors);
  const fingerprint = Buffer.from(judged.bytes, 'latin1').toString('hex');
  if (fingerprint === row.fingerprint) return { outcome: 'unchanged' };
  const same = population.index.find(fingerprint);
  if (same >= 0) {
    const { file, line } = population.places.get(same).of;
    return refuse(`the row is now the same as ${file}:${line}; reject it as a duplicate instead`);
  }
  return { outcome: 'changed', text: compactJson(edited.trim()), fingerprint, example: judged.example };
}
