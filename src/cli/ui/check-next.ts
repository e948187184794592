// What `lorch data check` wrote beside its answer, and what to type next.
import type { CheckedDataset } from '../../app/data/check/check-dataset.ts';
import { type CheckStep, nextAfterCheck } from '../../app/data/check/next-step.ts';
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
    lines.push(`next: ${nextCommand(flags, nextAfterCheck(checked), dataset)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function nextCommand({ output }: CheckFlags, next: CheckStep, dataset: readonly string[]): string {
  const names = dataset.map(quotePath).join(' ');
  switch (next.step) {
    case 'check-new':
      return `lorch data check ${names} --baseline ${quotePath(next.baseline)}`;
    case 'check-copy':
      return `lorch data check ${quotePath(output ?? next.file)}`;
    case 'write-fixes':
      return `lorch data check ${names} --fix -o FIXED.jsonl`;
    case 'show-fixes':
      return `lorch data check ${names} --fix`;
    case 'map':
      return `lorch data mapping ${quoteSource(next.file ?? dataset[0] ?? '')}`;
    case 'fix-by-hand':
      return 'fix these rows, or drop them in a run: dataset.on_error: drop in its config';
    case 'dedup':
      return `lorch data dedup ${names}`;
  }
}
