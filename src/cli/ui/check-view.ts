// The summary of `lorch data check`: worst first, a few places each, then the totals.
import type { CheckedDataset, FoundCode } from '../../app/check-dataset.ts';
import type { OutputStream } from '../context.ts';
import { renderFinding } from './diagnostic.ts';
import { formatBytes, formatCount } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';

/** Everything `lorch data check` prints without --json. */
export function renderCheck(
  checked: CheckedDataset,
  stream: Pick<OutputStream, 'color' | 'columns'>,
): string {
  const ink = paint(stream.color);
  const parts = [...checked.codes.map((each) => renderCode(each, stream, ink)), renderTotals(checked, ink)];
  return parts.filter((part) => part !== '').join('\n');
}

function renderCode(
  { code, name, count, findings }: FoundCode,
  stream: Pick<OutputStream, 'color' | 'columns'>,
  ink: Ink,
): string {
  // The hint is the same for all places of a code but for details: once is enough.
  const shown = findings.map((finding, i) => {
    const { hint, ...rest } = finding;
    const last = i === findings.length - 1;
    const same = !last && hint === findings[i + 1]?.hint;
    return renderFinding(same ? rest : finding, stream);
  });
  const more = count - findings.length;
  if (more > 0 && shown.length > 0)
    shown.push(ink.dim(`  … and ${formatCount(more)} more of ${code} ${name}\n`));
  return shown.join('');
}

function renderTotals(checked: CheckedDataset, ink: Ink): string {
  const { format, files, ledger, codes } = checked;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const dropped = Object.entries(ledger.dropped);
  const lost = dropped.reduce((sum, [, n]) => sum + n, 0);
  const names = new Map(codes.map(({ code, name }) => [code, name]));
  const reasons = dropped.map(([code, n]) => `${formatCount(n)} ${code} ${names.get(code) ?? ''}`.trimEnd());
  const count = (severity: string): number =>
    codes.filter((each) => each.severity === severity).reduce((sum, each) => sum + each.count, 0);
  const [errors, warnings, notes] = [count('error'), count('warning'), count('note')];
  const sums = [
    errors > 0 ? ink.red(plural(errors, 'error')) : ink.green('no errors'),
    ...(warnings > 0 ? [ink.yellow(plural(warnings, 'warning'))] : []),
    ...(notes > 0 ? [ink.blue(plural(notes, 'note'))] : []),
  ];
  return [
    `${ink.bold(visible(files.length === 1 ? (files[0]?.path ?? '') : plural(files.length, 'file')))}  ${formatBytes(bytes)}  ${format.name}${ink.dim(` (${visible(format.why)})`)}`,
    `${plural(ledger.rows_in, 'row')}: ${formatCount(ledger.kept)} kept${lost > 0 ? `, ${formatCount(lost)} would be dropped (${reasons.join(', ')})` : ''}`,
    `${sums.join(', ')}\n`,
  ].join('\n');
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
