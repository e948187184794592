// The verdict on a checked dataset, in one line.
import type { CheckedDataset } from '../check-dataset.ts';

export interface Verdict {
  /** No errors remain. */
  good: boolean;
  text: string;
}

/** Whether the dataset can be trained on without changes. */
export function judgeCheck({ found, ledger, rows, baseline, recorded }: CheckedDataset): Verdict {
  const lost = ledger.rows_in - ledger.kept;
  if (recorded) return { good: true, text: describeRecorded(recorded, found.error) };
  const accepted = baseline ? baseline.accepted.error : 0;
  if (found.error > 0) {
    const what = `${number(found.error)} ${baseline ? 'new ' : ''}error${found.error === 1 ? '' : 's'}`;
    const rest =
      rows === 0
        ? 'no row can be trained on'
        : `${number(ledger.kept)} of ${number(rows)} rows can be trained on`;
    return { good: false, text: `Not ready: ${what}; ${rest}.` };
  }
  const left = lost > 0 ? `; ${number(lost)} of ${number(rows)} rows would be dropped` : '';
  if (accepted > 0)
    return { good: true, text: `No new errors; ${number(accepted)} accepted by the baseline${left}.` };
  const warnings =
    found.warning > 0 ? `; ${number(found.warning)} warning${found.warning === 1 ? '' : 's'} to read` : '';
  return { good: true, text: `Ready: no errors${warnings}${left}.` };
}

function describeRecorded(
  { file, findings, replaced }: NonNullable<CheckedDataset['recorded']>,
  errors: number,
): string {
  const accepted = `${number(findings)} finding${findings === 1 ? '' : 's'}`;
  const of = errors > 0 ? `, ${number(errors)} of them error${errors === 1 ? '' : 's'}` : '';
  const against = replaced
    ? ` It replaces the earlier one: ${number(replaced.kept)} kept, ${number(replaced.added)} added, ${number(replaced.removed)} removed.`
    : '';
  return `Baseline ${file} written: it accepts ${accepted}${of}.${against}`;
}

function number(n: number): string {
  return n.toLocaleString('en-US');
}
