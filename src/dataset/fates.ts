// What becomes of each row: dropped with a code, or kept on one side of the split.
import { duplicateKey } from './duplicates/duplicate-key.ts';
import { createKeyTable } from './duplicates/key-table.ts';
import type { Example, RowPlace } from './example.ts';
import { createFingerprintSet, type FingerprintSet, fingerprintBytes } from './fingerprint.ts';
import type { Ledger } from './ledger.ts';
import type { ScanOptions, ScanSink } from './scan-types.ts';
import { createSplit, type Split } from './split.ts';

/** An earlier equal row, and what that means for this one. */
export interface Duplicate {
  of: RowPlace;
  /** The two stand on different sides of the split. */
  leaks: boolean;
}

export interface Met {
  /** duplicate_key of the row. */
  key: string;
  /** The row's fingerprint as 32 latin-1 characters; null where nobody wants it. */
  bytes: string | null;
  duplicate: Duplicate | null;
}

export interface Fates {
  drop(place: RowPlace, code: string): void;
  /** Looks up an example among those seen before; null where it is new. Call once a row, before `keep`. */
  meet(example: Example, place: RowPlace, role: Split): Met;
  dropDuplicate(place: RowPlace, code: string, met: Met): void;
  keep(example: Example, place: RowPlace, met: Met, role: Split): void;
  /** After the last row. */
  end(): void;
  /** Of the kept rows; null where nobody wants them. */
  fingerprints: { all: FingerprintSet; train: FingerprintSet; validation: FingerprintSet } | null;
}

interface Item {
  example: Example;
  place: RowPlace;
  bytes: string | null;
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
  const fingerprints =
    wantsText || options.fingerprints !== false
      ? {
          all: createFingerprintSet(),
          train: createFingerprintSet(),
          validation: createFingerprintSet(),
        }
      : null;

  const settle = (side: Split, { example, place, bytes }: Item): void => {
    ledger.record(side);
    if (bytes === null || !fingerprints) return;
    fingerprints.all.add(bytes);
    fingerprints[side].add(bytes);
    if (!wantsText) return;
    const fingerprint = hex(bytes);
    const { row, file, line } = place;
    wait(sink.onLedger?.({ row, file, line, fingerprint, fate: side }));
    wait(sink.onExample?.(side, { row, example, fingerprint, place }));
  };

  return {
    fingerprints,
    drop({ row, file, line }, code) {
      ledger.record('dropped', code);
      wait(sink.onLedger?.({ row, file, line, fingerprint: null, fate: 'dropped', code }));
    },
    meet(example, place, role) {
      const bytes = fingerprints ? fingerprintBytes(example) : null;
      const key = duplicateKey(example);
      const first = table.addIfNew(key, firsts.size());
      if (first < 0) {
        firsts.add(place, role);
        return { key, bytes, duplicate: null };
      }
      const { of, role: other } = firsts.get(first);
      return { key, bytes, duplicate: { of, leaks: other !== role } };
    },
    dropDuplicate({ row, file, line }, code, { bytes }) {
      ledger.record('dropped', code);
      const fingerprint = bytes === null ? null : hex(bytes);
      wait(sink.onLedger?.({ row, file, line, fingerprint, fate: 'dropped', code }));
    },
    keep(example, place, { key, bytes }, role) {
      const item = { example, place, bytes };
      if (!split || role === 'validation') settle(role, item);
      else for (const [side, each] of split.add(key, item)) settle(side, each);
    },
    end() {
      for (const [side, each] of split?.end() ?? []) settle(side, each);
    },
  };
}

function hex(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}

// Places of first rows, packed: row, line and column as numbers, the file as an index.
function createPlaceList(): {
  size(): number;
  add(place: RowPlace, role: Split): void;
  get(index: number): { of: RowPlace; role: Split };
} {
  const width = 4;
  let numbers = new Float64Array(width * 1024);
  let size = 0;
  const files: string[] = [];
  return {
    size: () => size,
    add({ row, file, line, column }, role) {
      if ((size + 1) * width > numbers.length) {
        const bigger = new Float64Array(numbers.length * 2);
        bigger.set(numbers);
        numbers = bigger;
      }
      if (files.at(-1) !== file) files.push(file);
      const at = size * width;
      numbers[at] = row;
      numbers[at + 1] = line;
      numbers[at + 2] = column;
      numbers[at + 3] = (files.length - 1) * 2 + (role === 'train' ? 0 : 1);
      size += 1;
    },
    get(index) {
      const [row = 0, line = 0, column = 0, packed = 0] = numbers.subarray(
        index * width,
        (index + 1) * width,
      );
      return {
        of: { row, file: files[packed >> 1] ?? '', line, column },
        role: packed & 1 ? 'validation' : 'train',
      };
    },
  };
}
