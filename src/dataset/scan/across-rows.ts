// The checks over all rows: their traits are collected while rows pass, and their findings placed at the end.
import type { Finding } from '../../diagnostics/finding.ts';
import type { ReportRows } from '../checks/check.ts';
import type { RowPlace } from '../example.ts';
import type { ResolvedChecks } from './check-settings.ts';
import { acrossChecks, type Trait } from './judged-row.ts';
import type { PlaceList } from './place-list.ts';

export interface AcrossRows {
  /** `place` is the row's number in the place list. */
  add(place: number, traits: readonly Trait[]): void;
  /** After the last row. */
  end(places: PlaceList, emit: (finding: Finding, row: RowPlace) => void): void;
}

// A row's number for the collectors is its place and, below that, the pointer into it.
const pointerLimit = 65_536;
const namedPlaces = 4;

/** Collects for every check over all rows that is on, in no more memory than the checks themselves keep. */
export function createAcrossRows(settings: ResolvedChecks): AcrossRows {
  const pointers = new Map<string, number>([['', 0]]);
  const collections = acrossChecks(settings).map(({ check, across }) => ({
    check,
    severity: settings.severityOf(check) ?? check.severity,
    collector: across.collect(),
  }));
  let lastPointer = '';
  let lastNumber = 0;
  const numberOf = (pointer: string): number => {
    // The traits of a row mostly share their pointer.
    if (pointer !== lastPointer) {
      lastPointer = pointer;
      lastNumber = lookUp(pointer);
    }
    return lastNumber;
  };
  const lookUp = (pointer: string): number => {
    const known = pointers.get(pointer);
    if (known !== undefined || pointers.size === pointerLimit) return known ?? 0;
    pointers.set(pointer, pointers.size);
    return pointers.size - 1;
  };
  return {
    add(place, traits) {
      for (const { check, value, pointer } of traits)
        collections[check]?.collector.add(place * pointerLimit + numberOf(pointer), value);
    },
    end(places, emit) {
      const names = [...pointers.keys()];
      const placeOf = (row: number) => {
        const { of } = places.get(Math.floor(row / pointerLimit));
        return { of, pointer: names[row % pointerLimit] ?? '' };
      };
      for (const { check, severity, collector } of collections) {
        const { code, name, hint } = check;
        const report: ReportRows = (rows, message, data) => {
          const at = rows.map(placeOf);
          const [first] = at;
          if (!first) throw new Error(`${code} reports no row`);
          const { pointer, of } = first;
          const { row: _number, ...place } = of;
          emit(
            {
              code,
              name,
              severity,
              message: `${message}${nameOthers(at.map((each) => each.of))}`,
              hint,
              at: { ...place, ...(pointer !== '' && { pointer }) },
              data: { ...data, places: at.map((each) => `${each.of.file}:${each.of.line}`) },
            },
            of,
          );
        };
        collector.end(report);
      }
    },
  };
}

// The message names the further places too: in the terminal it is all there is to see.
function nameOthers(at: readonly { file: string; line: number }[]): string {
  const [first, ...others] = at;
  if (!first || others.length === 0) return '';
  const shown = others.slice(0, namedPlaces - 1);
  const more = others.length > shown.length ? ' and more' : '';
  if (shown.some(({ file }) => file !== first.file))
    return ` Also at ${shown.map(({ file, line }) => `${file}:${line}`).join(', ')}${more}.`;
  return ` Also at line${shown.length > 1 ? 's' : ''} ${shown.map(({ line }) => line).join(', ')}${more}.`;
}
