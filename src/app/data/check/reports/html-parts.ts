// The parts of the HTML report: totals, the table of checks, one section per check.

import type { CheckPrecision } from '../../../../dataset/review/check-precision.ts';
import type { FoundRow } from '../../../../dataset/scan/scan-types.ts';
import type { Finding } from '../../../../diagnostics/finding.ts';
import type { CheckedDataset, FoundCode } from '../check-dataset.ts';
import { escapeHtml } from './escape-html.ts';
import { judgeCheck } from './verdict.ts';

/** `1,234 rows`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}

/** The name, the verdict and the totals. */
export function renderHead(checked: CheckedDataset): string {
  const { files, format, ledger, found, rows, baseline } = checked;
  const verdict = judgeCheck(checked);
  const dropped = Object.entries(ledger.dropped).sort(([, a], [, b]) => b - a);
  const lost = dropped.reduce((sum, [, n]) => sum + n, 0);
  const tile = (kind: string, n: number, label: string): string =>
    `<div class="tile ${kind}${n === 0 ? ' none' : ''}"><b>${n.toLocaleString('en-US')}</b><span>${label}</span></div>`;
  const share = (n: number): string => (rows === 0 ? '0' : ((100 * n) / rows).toFixed(3));
  const reasons = dropped.map(([code, n]) => `<a href="#${code}">${code}</a> ${n.toLocaleString('en-US')}`);
  const accepted = baseline
    ? `<p>${count(baseline.accepted.error + baseline.accepted.warning, 'finding')} accepted by ${escapeHtml(baseline.file)} and not shown.</p>`
    : '';
  return `<header>
<p class="eyebrow">Dataset check</p>
<h1>${files.map(({ path }) => escapeHtml(path)).join('<br>')}</h1>
<p class="verdict ${verdict.good ? 'good' : 'bad'}">${escapeHtml(verdict.text)}</p>
<p class="format">Format <b>${escapeHtml(format.name)}</b>: ${escapeHtml(format.why)}</p>
</header>
<section class="tiles">
${tile('error', found.error, 'errors')}${tile('warning', found.warning, 'warnings')}${tile('note', found.note, 'notes')}
${tile('rows', rows, 'rows')}${tile('kept', ledger.kept, 'kept')}${tile('lost', lost, 'would be dropped')}
</section>
<svg class="bar" viewBox="0 0 100 2" preserveAspectRatio="none" role="img" aria-label="${share(ledger.kept)} % of the rows are kept"><rect class="lost" width="100" height="2"/><rect class="kept" width="${share(ledger.kept)}" height="2"/></svg>
${reasons.length > 0 ? `<p class="reasons">Dropped by code: ${reasons.join(' · ')}</p>` : ''}${accepted}
`;
}

/** One line per check, with the filter that the script activates. */
export function renderTable({ codes }: CheckedDataset): string {
  const isReviewed = codes.some(({ precision }) => precision);
  const lines = codes.map(
    ({ code, name, severity, count: n, precision }) =>
      `<tr class="${severity}"><td><span class="sev ${severity}">${severity}</span></td><td><a href="#${code}">${code}</a></td><td>${escapeHtml(name)}</td><td class="n">${n.toLocaleString('en-US')}</td>${isReviewed ? `<td>${reviewed(precision)}</td>` : ''}</tr>`,
  );
  return `<nav>
<form id="filter" hidden><label>Show <input type="search" id="text" placeholder="code, file, message …"></label>
<label><input type="checkbox" value="error" checked> errors</label><label><input type="checkbox" value="warning" checked> warnings</label><label><input type="checkbox" value="note" checked> notes</label><output id="shown"></output></form>
<div class="scroll"><table class="codes"><thead><tr><th>severity</th><th>code</th><th>check</th><th class="n">found</th>${isReviewed ? '<th>reviewers</th>' : ''}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>
</nav>
`;
}

function reviewed(precision: CheckPrecision | null): string {
  return precision ? `${precision.defects} of ${precision.rows} were defects` : '';
}

/** A check's section: what it means, and the findings. */
export function renderCode(found: FoundCode, shown: readonly ShownFinding[]): string {
  const { code, name, severity, count: n, doc } = found;
  const more =
    n > shown.length
      ? `<p class="more">${shown.length.toLocaleString('en-US')} of ${count(n, 'finding')} are in this file; <code>lorch data check --json</code> has them all.</p>`
      : '';
  const prose = (doc?.prose ?? '').split('\n\n').map((text) => `<p>${inline(text)}</p>`);
  return `<section class="code" id="${code}" data-severity="${severity}">
<h2><span class="sev ${severity}">${severity}</span> ${code} <span class="name">${escapeHtml(name)}</span> <span class="n">${n.toLocaleString('en-US')}</span></h2>
<details class="about"><summary>${escapeHtml(doc?.title ?? name)}</summary>${prose.join('')}</details>
${shown.map((each, i) => renderFinding(each, each.finding.hint !== shown[i + 1]?.finding.hint)).join('\n')}
${more}</section>
`;
}

// Backticks are all the Markdown that the checks' prose uses inside a paragraph.
function inline(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

// Most places of a code have the same hint, so only the last one shows it.
function renderFinding({ finding, row, text }: ShownFinding, withHint: boolean): string {
  const { message, hint, at } = finding;
  const place = at ? [at.file, at.line, at.column].filter((part) => part !== undefined).join(':') : '';
  const pointer = at?.pointer ? ` <code class="pointer">${escapeHtml(at.pointer)}</code>` : '';
  const number = row === null ? '' : ` <span class="row">row ${row.row.toLocaleString('en-US')}</span>`;
  const shown = text === '' ? '' : `<pre>${text}</pre>`;
  return `<article><p class="place"><code>${escapeHtml(place)}</code>${number}${pointer}</p><p>${escapeHtml(message)}</p>${shown}${hint && withHint ? `<p class="hint">${inline(hint)}</p>` : ''}</article>`;
}

/** A finding as the page shows it; its row is cut and marked as soon as it is found. */
export interface ShownFinding {
  finding: Finding;
  row: FoundRow | null;
  /** HTML of the row's text around the place; empty if the row's text is not known. */
  text: string;
}
