// Summarises thousands of findings on rows as one line per code, with places to look at.
import type { RunConfig } from '../../config/schema/run.ts';
import type { Finding, Place } from '../../diagnostics/finding.ts';
import type { PlannedSplit } from '../../run/plan.ts';
import type { Prepared } from '../tokens/prepare-sequences.ts';
import type { CodeSummary } from './scan-rows.ts';

/** The scan's findings for a plan; errors on dropped rows become warnings here. */
export function summariseScan(findings: ReadonlyMap<string, CodeSummary>): Finding[] {
  return [...findings].flatMap(([, { count, first }]) => {
    const [example] = first;
    if (!example) return [];
    const left = example.severity === 'error';
    const { excerpt: _shownByDataCheck, ...at } = example.at ?? { file: '' };
    return [
      {
        ...example,
        severity: left ? 'warning' : example.severity,
        message: count === 1 ? example.message : `${count} times, first: ${example.message}`,
        ...(example.at ? { at } : {}),
        data: { rows: count, places: first.map(({ at: place }) => placeText(place)) },
      },
    ];
  });
}

/** The tokenisation's findings for a plan, by code; `places` has the places of the named rows. Errors on dropped rows become warnings here. */
export function summarisePrepared(
  { findings, dropped }: Pick<Prepared, 'findings' | 'dropped'>,
  places: ReadonlyMap<number, Place>,
  names: ReadonlyMap<string, string>,
): Finding[] {
  const left = new Set(dropped.map(({ code }) => code));
  const byCode = new Map<string, Prepared['findings']>();
  for (const finding of findings) byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), finding]);
  return [...byCode].flatMap(([code, all]) => {
    const [first] = all;
    if (!first) return [];
    const at = first.row === null || first.row === undefined ? undefined : places.get(first.row);
    // The last finding of a code may represent many rows that are not listed.
    const rows = all.reduce(
      (sum, { row, data }) => sum + (typeof row === 'number' ? 1 : Number(data?.rows ?? 1)),
      0,
    );
    return [
      {
        code,
        name: names.get(code) ?? code,
        severity: left.has(code) ? 'warning' : first.severity,
        message: messageOf(first.message, rows, left.has(code)),
        ...(first.hint ? { hint: first.hint } : {}),
        ...(at ? { at } : {}),
        data: { rows, places: all.slice(0, 3).flatMap(({ row }) => placeText(places.get(row ?? -1)) || []) },
      },
    ];
  });
}

function messageOf(first: string, rows: number, dropped: boolean): string {
  if (rows === 1) return dropped ? `1 row was dropped: ${first}` : first;
  return dropped ? `${rows} rows were dropped, first: ${first}` : `${rows} rows, first: ${first}`;
}

/** Rows that a summary will name, and every row that the findings of the codes `whole` name. */
export function namedRows(findings: Prepared['findings'], whole: ReadonlySet<string>): Set<number> {
  const seen = new Map<string, number>();
  const rows = new Set<number>();
  for (const { code, row } of findings) {
    const before = seen.get(code) ?? 0;
    seen.set(code, before + 1);
    if ((before < 3 || whole.has(code)) && typeof row === 'number') rows.add(row);
  }
  return rows;
}

/** Finding: a date was set, but no template writes one. */
export function unreadDate(config: RunConfig, { date }: Pick<Prepared, 'date'>): Finding[] {
  const asked = config.dataset.template_date;
  if (asked === undefined || date !== null) return [];
  return [
    {
      code: 'T026',
      name: 'date-not-written',
      severity: 'warning',
      message: `dataset.template_date is ${asked}, and no row is rendered with a date`,
      hint: 'remove it; a variable of the template such as date_string is set with dataset.template_kwargs',
    },
  ];
}

/** Finding: validation was configured, but has no rows. */
export function validationFindings(config: RunConfig, validation: PlannedSplit | null): Finding[] {
  if (config.dataset.validation === undefined || (validation?.rows ?? 0) > 0) return [];
  return [
    {
      code: 'P005',
      name: 'no-validation-rows',
      severity: 'warning',
      message: 'the config asks for validation, and no row is left for it',
      hint: 'raise dataset.validation.fraction, or name a file',
    },
  ];
}

function placeText(place: Place | undefined): string {
  return place ? [place.file, place.line].filter((part) => part !== undefined).join(':') : '';
}
