// What becomes of each row: dropped with a code, or kept on one side of the split.
import { createKeyTable } from '../duplicates/key-table.ts';
import type { Key } from '../duplicates/murmur3.ts';
import type { RowPlace } from '../example.ts';
import { createFingerprintSet, type FingerprintSet, hex } from '../fingerprint.ts';
import type { Ledger } from '../ledger.ts';
import { createSplit, type Split } from '../split.ts';
import { notDrawn, timesFed } from '../weight.ts';
import type { JudgedRow } from './judged-row.ts';
import { createPlaceList, type PlaceList } from './place-list.ts';
import type { ScanOptions, ScanSink } from './scan-types.ts';

/** An earlier equal row, and what that means for this one. */
interface Duplicate {
  of: RowPlace;
  /** The two stand on different sides of the split. */
  leaks: boolean;
}

interface Met {
  /** The earlier row that this one repeats; null if it is new. */
  duplicate: Duplicate | null;
  /** The row's number in `places`; -1 for a duplicate. */
  place: number;
}

export interface Fates {
  drop(place: RowPlace, code: string): void;
  /** Looks up an example among those seen before; null if it is new. Call once a row, before `keep`. */
  meet(row: JudgedRow, place: RowPlace, role: Split): Met;
  /** `of` is the earlier row. */
  dropDuplicate(row: JudgedRow, place: RowPlace, code: string, of: RowPlace): void;
  /** `weight` is that of its source. */
  keep(row: JudgedRow, place: RowPlace, role: Split, weight: number): void;
  /** After the last row. */
  end(): void;
  /** Of the rows that repeat no earlier one. */
  places: PlaceList;
  /** Of the kept rows; null if they are not needed. */
  fingerprints: { all: FingerprintSet; train: FingerprintSet; validation: FingerprintSet } | null;
}

interface Item {
  example: JudgedRow['example'];
  bytes: JudgedRow['bytes'];
  /** Read at once if somebody wants it: a row that waits for its side outlives the memory that holds its bytes. */
  text: string;
  place: RowPlace;
  weight: number;
}

/** The fates of one scan's rows; `wait` gets what the sink's functions return. */
export function createFates(
  options: ScanOptions,
  sink: ScanSink,
  ledger: Ledger,
  wait: (result: void | Promise<void>) => void,
): Fates {
  const split = options.split && options.split.fraction > 0 ? createSplit<Item>(options.split) : null;
  const table = createKeyTable();
  const firsts = createPlaceList();
  const wantsText = sink.onExample !== undefined || sink.onLedger !== undefined;
  const fingerprints = wantsFingerprints(options, sink)
    ? {
        all: createFingerprintSet(),
        train: createFingerprintSet(),
        validation: createFingerprintSet(),
      }
    : null;

  const settle = (side: Split, { example, text, bytes, place, weight }: Item): void => {
    const times = options.draw && side === 'train' ? timesFed(bytes, weight, options.draw.seed) : 1;
    if (times === 0) {
      dropNotDrawn(bytes, place);
      return;
    }
    ledger.record(side);
    if (bytes === null || !fingerprints) return;
    fingerprints.all.add(bytes);
    fingerprints[side].add(bytes);
    if (!wantsText) return;
    const fingerprint = hex(bytes);
    const { row, file, line } = place;
    const fed = times === 1 ? {} : { times };
    wait(sink.onLedger?.({ row, file, line, fingerprint, fate: side, ...fed }));
    if (example) wait(sink.onExample?.(side, { row, example, fingerprint, place, text, ...fed }));
  };
  const dropNotDrawn = (bytes: string | null, { row, file, line }: RowPlace): void => {
    ledger.record('dropped', notDrawn);
    const fingerprint = bytes === null ? null : hex(bytes);
    wait(sink.onLedger?.({ row, file, line, fingerprint, fate: 'dropped', code: notDrawn }));
  };

  return {
    fingerprints,
    drop({ row, file, line }, code) {
      ledger.record('dropped', code);
      wait(sink.onLedger?.({ row, file, line, fingerprint: null, fate: 'dropped', code }));
    },
    places: firsts,
    meet({ key }, place, role) {
      const size = firsts.size();
      const first = table.addIfNew(keyOf(key), size);
      if (first < 0) {
        firsts.add(place, role);
        return { duplicate: null, place: size };
      }
      const { of, role: other } = firsts.get(first);
      return { duplicate: { of, leaks: other !== role }, place: -1 };
    },
    dropDuplicate({ bytes }, { row, file, line }, code, of) {
      ledger.record('dropped', code);
      const fingerprint = bytes === null ? null : hex(bytes);
      wait(sink.onLedger?.({ row, file, line, fingerprint, fate: 'dropped', code, of: of.row }));
    },
    keep(judged, place, role, weight) {
      const { example, bytes } = judged;
      const item = { example, bytes, text: example && sink.onExample ? judged.text : '', place, weight };
      if (!split || role === 'validation') settle(role, item);
      else if (options.split?.sideOf) settle(options.split.sideOf(place.row), item);
      else {
        const group = options.decided?.get(place.row)?.group ?? keyOf(judged.key);
        for (const [side, each] of split.add(group, item)) settle(side, each);
      }
    },
    end() {
      for (const [side, each] of split?.end() ?? []) settle(side, each);
    },
  };
}

/** Whether the rows of such a scan need fingerprints. */
function wantsFingerprints(options: ScanOptions, sink: ScanSink): boolean {
  return sink.onExample !== undefined || sink.onLedger !== undefined || options.fingerprints !== false;
}

function keyOf(key: Key | null): Key {
  if (!key) throw new Error('a row that is dropped has no key');
  return key;
}
