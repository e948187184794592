// What `lorch data check` wrote beside its answer, and what to type next.
import type { CheckedDataset } from '../../app/data/check/check-dataset.ts';
import { unknownFormat } from '../../dataset/checks/structure/unknown-format.ts';
import { quoteSource } from '../../dataset/scan/source-label.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';

export interface CheckFlags {
  html?: string;
  sarif?: string;
  json?: true;
  ndjson?: true;
  output?: string;
}

/** Lines for stderr; `dataset` is what was checked, as typed. */
export function describeNext(flags: CheckFlags, checked: CheckedDataset, dataset: readonly string[]): string {
  const written = [flags.html, flags.sarif].filter((file) => file !== undefined);
  const lines = written.map((file) => `wrote ${file}`);
  if (!flags.json && !flags.ndjson) {
    if (checked.codes.length > 0) lines.push('more on a code: lorch explain CODE');
    lines.push(`next: ${nextStep(flags, checked, dataset)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function unread({ codes }: CheckedDataset): string | undefined {
  return codes.find(({ code }) => code === unknownFormat.code)?.findings[0]?.at?.file;
}

function nextStep({ output }: CheckFlags, checked: CheckedDataset, dataset: readonly string[]): string {
  const { fixed, recorded, codes, found } = checked;
  const check = (rest: string): string => `lorch data check ${rest}`;
  const names = dataset.map(quotePath).join(' ');
  if (recorded) return check(`${names} --baseline ${quotePath(recorded.file)}`);
  if (fixed?.writtenTo) return check(quotePath(output ?? fixed.writtenTo));
  if (fixed && fixed.rows > 0) return check(`${names} --fix -o FIXED.jsonl`);
  const fixable = codes.some(({ findings }) => findings.some(({ fix }) => fix));
  if (!fixed && fixable) return check(`${names} --fix`);
  // Dropping rows would leave none of a file whose format is unknown.
  if (codes.some(({ code }) => code === unknownFormat.code))
    return `lorch data mapping ${quoteSource(unread(checked) ?? dataset[0] ?? '')}`;
  if (found.error > 0) return 'fix these rows, or drop them in a run: dataset.on_error: drop in its config';
  return `lorch data dedup ${names}`;
}
