// How a finding looks in a terminal (DESIGN §10): place, severity, code, message, excerpt with caret, hint.
import stringWidth from 'string-width';
import type { Finding, Place } from '../../diagnostics/finding.ts';
import { type Ink, paint, visible } from './paint.ts';
import { wrapLines } from './wrap.ts';

export interface FindingStyle {
  color: boolean;
  columns: number;
  /** A terminal gets long sentences in lines; elsewhere a finding's message is one line, for grep. */
  isTTY?: boolean;
}

/** All findings, each ending in a newline. */
export function renderFindings(findings: readonly Finding[], style: FindingStyle): string {
  return findings.map((finding) => renderFinding(finding, style)).join('');
}

/** One finding in two to five lines. */
export function renderFinding(finding: Finding, style: FindingStyle): string {
  const ink = paint(style.color);
  const tint = severityInk(finding, ink);
  const place = finding.at ? `${ink.bold(visible(renderPlace(finding.at)))} ` : '';
  const head = `${place}${tint(finding.severity)} ${finding.code} ${ink.dim(finding.name)}${renderRow(finding, ink)}`;
  const lines = style.isTTY
    ? wrapLines(head, Math.max(style.columns, 20)).map((line) => line.trimEnd())
    : [head];
  const pointer = finding.at?.pointer ? `  ${ink.dim(visible(finding.at.pointer))}` : '';
  const message = `${visible(finding.message)}${pointer}`;
  lines.push(...wrapped(message, style));
  if (finding.at?.excerpt) lines.push(...renderExcerpt(finding.at.excerpt, style.columns, ink, tint));
  if (finding.hint) lines.push(...wrapped(`${ink.cyan('hint:')} ${visible(finding.hint)}`, style));
  return `${lines.join('\n')}\n`;
}

function wrapped(text: string, { columns, isTTY }: FindingStyle): string[] {
  const lines = isTTY ? wrapLines(text, Math.max(columns, 40) - 3) : [text];
  return lines.map((line) => `  ${line.trimEnd()}`);
}

/** `file:line:column`, as editors and terminals open it. */
export function renderPlace(place: Pick<Place, 'file' | 'line'> & { column?: number | undefined }): string {
  return [place.file, place.line, place.line === undefined ? undefined : place.column]
    .filter((part) => part !== undefined)
    .join(':');
}

// In a plain file of JSON lines the line says it: row 0 is on line 1.
function renderRow({ row, at }: Finding, ink: Ink): string {
  return row === undefined || at?.line === row + 1 ? '' : ink.dim(` row ${row}`);
}

function severityInk(finding: Finding, ink: Ink): (text: string) => string {
  return { error: ink.red, warning: ink.yellow, note: ink.blue }[finding.severity];
}

function renderExcerpt(
  excerpt: { text: string; column: number },
  columns: number,
  ink: Ink,
  tint: (text: string) => string,
): string[] {
  const width = Math.min(Math.max(columns - 6, 20), 100);
  const at = excerpt.column - 1;
  // Keep the caret in the window: a third of the width before it, the rest after.
  const from =
    excerpt.text.length <= width
      ? 0
      : Math.max(0, Math.min(at - Math.floor(width / 3), excerpt.text.length - width));
  const before = visible(excerpt.text.slice(from, at));
  const after = visible(excerpt.text.slice(at, from + width));
  return [`    ${ink.dim(before)}${after}`, `    ${' '.repeat(stringWidth(before))}${tint('^')}`];
}
