// The summary of `lorch data check`: worst first, a few places each, then the totals and a last word.
import type { CheckedDataset, FoundCode } from '../../app/data/check/check-dataset.ts';
import { judgeCheck } from '../../app/data/check/reports/verdict.ts';
import { percent } from '../../dataset/across/wording.ts';
import { checks } from '../../dataset/checks/index.ts';
import type { OutputStream } from '../context.ts';
import { renderFinding } from './diagnostic.ts';
import { formatBytes, formatCount } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';
import { renderTable } from './table.ts';
import { fitText } from './wrap.ts';

/** Everything `lorch data check` prints without --json; with `totalsOnly` no places. */
export function renderCheck(checked: CheckedDataset, stream: OutputStream, totalsOnly = false): string {
  const ink = paint(stream.color);
  const parts = [
    ...(totalsOnly ? [] : checked.codes.map((each) => renderCode(each, stream, ink))),
    renderCodes(checked, stream, ink),
    fitText(renderTotals(checked, ink), stream),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** The places of one code that were kept, its hint once, and how many there are beside them. */
export function renderCode(
  { code, name, count, findings }: Pick<FoundCode, 'code' | 'name' | 'count' | 'findings'>,
  stream: OutputStream,
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

// Below this many codes the places above say it all.
const fewCodes = 4;

function renderCodes(checked: CheckedDataset, stream: OutputStream, ink: Ink): string {
  const { codes, checks: chosen } = checked;
  const reviewed = codes.some(({ precision }) => precision);
  if (codes.length < fewCodes && !reviewed) return '';
  const tint = { error: ink.red, warning: ink.yellow, note: ink.blue };
  const demoted = new Set(chosen.demoted.map(({ code }) => code));
  return renderTable(
    [
      { title: 'severity' },
      { title: 'code' },
      { title: 'check' },
      { title: 'found', align: 'right' },
      { title: 'of rows', align: 'right' },
      ...(reviewed ? [{ title: 'reviewers' }] : []),
    ],
    codes.map(({ code, name, severity, count, rows, precision }) => [
      tint[severity](severity),
      code,
      name,
      formatCount(count),
      share(rows, checked.rows),
      ...(reviewed
        ? [
            precision
              ? `${precision.defects} of ${precision.rows} true${demoted.has(code) ? ': demoted to a note' : ''}`
              : '',
          ]
        : []),
    ]),
    stream,
  );
}

function share(rows: number, all: number): string {
  return all > 0 ? percent(Math.min(rows, all), all) : '';
}

function renderTotals(checked: CheckedDataset, ink: Ink): string {
  const { format, files, ledger, found, tokens } = checked;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const sums = [
    found.error > 0 ? ink.red(plural(found.error, 'error')) : ink.green('no errors'),
    ...(found.warning > 0 ? [ink.yellow(plural(found.warning, 'warning'))] : []),
    ...(found.note > 0 ? [ink.blue(plural(found.note, 'note'))] : []),
  ];
  const verdict = judgeCheck(checked);
  const fixed = ledger.fixed > 0 ? ` (${formatCount(ledger.fixed)} fixed)` : '';
  return [
    `${ink.bold(visible(files.length === 1 ? (files[0]?.path ?? '') : plural(files.length, 'file')))}  ${formatBytes(bytes)}  ${format.name}${ink.dim(` (${visible(format.why)})`)}`,
    `${plural(ledger.rows_in, 'row')}: ${formatCount(ledger.kept)} kept${fixed}${renderDropped(checked)}`,
    ...(tokens
      ? [`${plural(tokens.total, 'token')} in the rows kept, ${formatCount(tokens.trained)} trained on`]
      : []),
    sums.join(', '),
    ...renderBaseline(checked, ink),
    ...renderSettings(checked, ink),
    `${(verdict.good ? ink.green : ink.red)(verdict.text)}\n`,
  ].join('\n');
}

function renderDropped({ ledger }: CheckedDataset): string {
  const dropped = Object.entries(ledger.dropped);
  const lost = dropped.reduce((sum, [, n]) => sum + n, 0);
  const names = new Map(checks.map(({ code, name }) => [code, name]));
  const reasons = dropped.map(([code, n]) => `${formatCount(n)} ${code} ${names.get(code) ?? ''}`.trimEnd());
  return lost > 0 ? `, ${formatCount(lost)} would be dropped (${reasons.join(', ')})` : '';
}

function renderBaseline({ baseline }: CheckedDataset, ink: Ink): string[] {
  if (!baseline) return [];
  const { file, accepted, stale } = baseline;
  const gone = Object.entries(stale);
  const total = gone.reduce((sum, [, n]) => sum + n, 0);
  return [
    `accepted by ${visible(file)}: ${plural(accepted.error, 'error')}, ${plural(accepted.warning, 'warning')}`,
    ...(total > 0
      ? [
          ink.yellow(
            `${formatCount(total)} that it accepts ${total === 1 ? 'is' : 'are'} no longer found (${gone.map(([code, n]) => `${n} ${code}`).join(', ')}): write it again with --write-baseline`,
          ),
        ]
      : []),
  ];
}

function renderSettings({ checks: chosen }: CheckedDataset, ink: Ink): string[] {
  const from = chosen.files.length > 0 ? [`settings from ${chosen.files.map(visible).join(', ')}`] : [];
  const left = chosen.leftOut > 0 ? [`${plural(chosen.leftOut, 'check')} left out, as asked`] : [];
  const parts = [...from, ...left];
  return parts.length > 0 ? [ink.dim(parts.join('; '))] : [];
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
