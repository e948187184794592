// `--html`: one self-contained page, for people who do not use a terminal. Every text of the dataset is escaped
// and masked; a strict policy allows the file's own style and script only.
import { hash } from 'node:crypto';
import type { FoundRow } from '../../../../dataset/scan/scan-types.ts';
import type { Finding } from '../../../../diagnostics/finding.ts';
import { streamToFile } from '../../../files/stream-to-file.ts';
import type { CheckedDataset } from '../check-dataset.ts';
import { escapeHtml } from './escape-html.ts';
import { count, renderCode, renderHead, renderTable, type ShownFinding } from './html-parts.ts';
import { showRow } from './html-row.ts';
import { filterScript } from './html-script.ts';
import { style } from './html-style.ts';
import type { CheckReport } from './report.ts';

export interface HtmlOptions {
  path: string;
  version: string;
  /** Findings of each code that are shown. */
  max: number;
  /** The texts of rows that a check over all rows found, by row number. */
  fetchTexts(rows: ReadonlySet<number>): Promise<Map<number, string>>;
}

/** An HTML report; findings of a code beyond `max` are only counted. */
export function createHtmlReport({ path, version, max, fetchTexts }: HtmlOptions): CheckReport {
  const shown = new Map<string, ShownFinding[]>();
  return {
    add(finding: Finding, row: FoundRow | null) {
      const list = shown.get(finding.code) ?? [];
      shown.set(finding.code, list);
      if (list.length >= max) return;
      const text = row?.text ? showRow(row, finding) : '';
      // Do not keep the row itself: its text is in memory that is soon reused.
      const kept = row && { row: row.row, line: row.line, column: row.column, text: null, fingerprint: null };
      list.push({ finding, row: kept, text });
    },
    async end(checked) {
      await completeTexts([...shown.values()].flat(), fetchTexts);
      await streamToFile(path, (write) => {
        write(opening(checked));
        write(renderHead(checked));
        if (checked.codes.length > 0) write(renderTable(checked));
        for (const code of checked.codes) write(renderCode(code, shown.get(code.code) ?? []));
        write(closing(checked, version));
      });
    },
    dispose: async () => undefined,
  };
}

// A check over all rows knows the places of its rows, not their texts.
async function completeTexts(
  shown: readonly ShownFinding[],
  fetch: HtmlOptions['fetchTexts'],
): Promise<void> {
  const without = shown.filter(({ row, text }) => row && text === '');
  const texts = await fetch(new Set(without.flatMap(({ row }) => row?.row ?? [])));
  for (const each of without) {
    const text = each.row && texts.get(each.row.row);
    if (each.row && text) each.text = showRow({ ...each.row, text }, each.finding);
  }
}

function opening({ files }: CheckedDataset): string {
  const digest = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;
  const policy = `default-src 'none'; style-src ${digest(style)}; script-src ${digest(filterScript)}; base-uri 'none'; form-action 'none'`;
  const name = files.length === 1 ? (files[0]?.path ?? '') : `${count(files.length, 'file')}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(name)} – dataset check</title>
<style>${style}</style>
</head>
<body>
<main>
`;
}

function closing({ files, checks }: CheckedDataset, version: string): string {
  const rows = files.map(
    ({ path, bytes, sha256, rows }) =>
      `<tr><td>${escapeHtml(path)}</td><td class="n">${count(rows, 'row')}</td><td class="n">${count(bytes, 'byte')}</td><td><code>${sha256.slice(0, 16)}…</code></td></tr>`,
  );
  const settings =
    checks.files.length > 0 ? `<p>Check settings from ${checks.files.map(escapeHtml).join(', ')}.</p>` : '';
  const left = checks.leftOut > 0 ? `<p>${count(checks.leftOut, 'check')} did not run, as asked.</p>` : '';
  return `<footer>
<h2>Files</h2>
<div class="scroll"><table>${rows.join('')}</table></div>
${settings}${left}
<p>Made by <code>lorch data check</code> ${escapeHtml(version)}. Places are <code>file:line:column</code>, counted from 1. Secrets and personal data are masked.</p>
</footer>
</main>
<script>${filterScript}</script>
</body>
</html>
`;
}
