// The findings of a plan or run, short: one line a code for what `lorch data check` shows in full.
import stringWidth from 'string-width';
import type { Finding } from '../../diagnostics/finding.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import { type FindingStyle, renderFindings, renderPlace } from './diagnostic.ts';
import { formatCount } from './format.ts';
import { paint, visible } from './paint.ts';
import { fitText } from './wrap.ts';

/** Findings on rows as a list of codes, all others (and every error) in full. `files` are the dataset files of the plan. */
export function renderDigest(
  findings: readonly Finding[],
  files: readonly string[],
  style: FindingStyle,
): string {
  const rows = findings.filter(isOnRows);
  // The plan's line on the review says what P008 says.
  const others = findings.filter((finding) => !isOnRows(finding) && finding.code !== 'P008');
  // Two codes in full take no more room than their list.
  if (rows.length < 3) return renderFindings([...rows, ...others], style);
  const ink = paint(style.color);
  const widths = {
    severity: Math.max(...rows.map(({ severity }) => severity.length)),
    name: Math.max(...rows.map(({ name }) => name.length)),
    count: Math.max(...rows.map((finding) => formatCount(countOf(finding)).length)),
  };
  const lines = rows.map((finding) => {
    const tint = { error: ink.red, warning: ink.yellow, note: ink.blue }[finding.severity];
    const count = formatCount(countOf(finding)).padStart(widths.count);
    const line = `  ${tint(finding.severity.padEnd(widths.severity))} ${finding.code} ${finding.name.padEnd(widths.name)}  ${count}`;
    const place = finding.at ? `  first ${visible(renderPlace({ ...finding.at, column: undefined }))}` : '';
    const fits = !style.isTTY || stringWidth(line + place) <= style.columns;
    return fits ? `${line}${ink.dim(place)}` : line;
  });
  const command = `lorch data check ${files.map(quotePath).join(' ')}`;
  const head = `${ink.bold('Rows with findings')}, by check:`;
  const all = `  see each: ${visible(command)}`;
  return `${[head, ...lines, all].map((line) => fitText(line, style)).join('\n')}\n${renderFindings(others, style)}`;
}

/** The errors alone, and how many others there are. */
export function renderErrors(findings: readonly Finding[], style: FindingStyle): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const left = findings.length - errors.length;
  const rest =
    left > 0 ? `${formatCount(left)} ${left === 1 ? 'finding' : 'findings'} not shown (--quiet)\n` : '';
  return renderFindings(errors, style) + rest;
}

/** What a scan of the rows found and a plan keeps as one finding a code; an error says why nothing starts. */
function isOnRows(finding: Finding): boolean {
  return finding.severity !== 'error' && finding.code.startsWith('D') && finding.data?.rows !== undefined;
}

function countOf({ data }: Finding): number {
  return Number(data?.rows ?? 1);
}
