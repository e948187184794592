// Wording of the checks across rows: counts, shares and quotations.
import { createRedactor } from '../../diagnostics/secrets.ts';

const redact = createRedactor({});
const quotedUnits = 60;

/** `12 of 480 answers (2.5 %)`. */
export function countOf(count: number, total: number, noun: string): string {
  return `${formatNumber(count)} of ${formatNumber(total)} ${noun} (${percent(count, total)})`;
}

/** `1,234`. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

/** `2.5 %`; never 0 % for a positive count, and never 100 % for an incomplete one. */
export function percent(count: number, total: number): string {
  const exact = (count / total) * 100;
  if (exact === 0 || exact === 100) return `${exact} %`;
  const rounded = exact < 10 || exact > 99 ? Math.round(exact * 10) / 10 : Math.round(exact);
  return rounded === 0 ? '< 0.1 %' : rounded === 100 ? '> 99.9 %' : `${rounded} %`;
}

/** A text in quotes on one line, cut short, without secrets. */
export function quote(text: string): string {
  const clean = redact(text);
  return JSON.stringify(clean.length > quotedUnits ? `${clean.slice(0, quotedUnits)}…` : clean);
}
