// The checks over all rows: their traits are collected while rows pass, and their findings placed at the end.
import type { Finding, Severity } from '../diagnostics/finding.ts';
import type { ResolvedChecks } from './check-settings.ts';
import type { Check, TraitCollector } from './checks/check.ts';
import { acrossChecks, type Trait } from './judged-row.ts';
import type { PlaceList } from './place-list.ts';

export interface AcrossRows {
  /** `place` is the row's number in the place list. */
  add(place: number, traits: readonly Trait[]): void;
  /** After the last row. */
  end(places: PlaceList, emit: (finding: Finding) => void): void;
}

/** Collects for every check over all rows that is on: six bytes a row and check, and what the check keeps itself. */
export function createAcrossRows(settings: ResolvedChecks): AcrossRows {
  const pointers = new Map<string, number>();
  const collections = acrossChecks(settings).map(({ check, across }) => ({
    check,
    severity: settings.severityOf(check) ?? check.severity,
    collector: across.collect(),
    rows: createNumberList(),
  }));
  return {
    add(place, traits) {
      for (const { check, value, pointer } of traits) {
        const to = collections[check];
        if (!to) continue;
        let known = pointers.get(pointer);
        if (known === undefined) {
          known = pointers.size;
          pointers.set(pointer, known);
        }
        to.collector.add(to.rows.add(place, known), value);
      }
    },
    end(places, emit) {
      const names = [...pointers.keys()];
      for (const { check, severity, collector, rows } of collections)
        endOne(
          check,
          severity,
          collector,
          (entry) => {
            const [place, pointer] = rows.get(entry);
            const { of } = places.get(place);
            return { file: of.file, line: of.line, column: of.column, pointer: names[pointer] ?? '' };
          },
          emit,
        );
    },
  };
}

function endOne(
  check: Check,
  severity: Severity,
  collector: TraitCollector,
  placeOf: (entry: number) => { file: string; line: number; column: number; pointer: string },
  emit: (finding: Finding) => void,
): void {
  const { code, name, hint } = check;
  collector.end((entry, message, data) => {
    emit({ code, name, severity, message, hint, at: placeOf(entry), ...(data && { data }) });
  });
}

// Pairs of whole numbers below 2^32 and 2^16.
function createNumberList(): { add(a: number, b: number): number; get(at: number): [number, number] } {
  let first = new Uint32Array(1024);
  let second = new Uint16Array(1024);
  let size = 0;
  return {
    add(a, b) {
      if (size === first.length) {
        const [more, moreSecond] = [new Uint32Array(size * 2), new Uint16Array(size * 2)];
        more.set(first);
        moreSecond.set(second);
        first = more;
        second = moreSecond;
      }
      first[size] = a;
      second[size] = Math.min(b, 65_535);
      size += 1;
      return size - 1;
    },
    get: (at) => [first[at] ?? 0, second[at] ?? 0],
  };
}
