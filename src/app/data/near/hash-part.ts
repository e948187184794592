// Hashes one part of a file in this thread: lines with the native code, or rows of any kind one by one, in the same steps.
import { createLineHasher, type LineHasher } from '../../../dataset/duplicates/hash-lines.ts';
import { createRowHasher, type HashOptions } from '../../../dataset/duplicates/hash-rows.ts';
import { createPartStore, type KeptRows, type PartSummary } from '../../../dataset/duplicates/part-store.ts';
import { type CountTable, mergeCounts } from '../../../dataset/duplicates/peel.ts';
import type { Ratio } from '../../../dataset/duplicates/ratio.ts';
import { findFormat } from '../../../dataset/formats/index.ts';
import { defaultMaxRowBytes } from '../../../dataset/scan/scan-types.ts';
import { readLinesSync } from '../../files/read-lines-sync.ts';
import { type NearSource, readRows } from './near-sources.ts';

/** Call these in this order, each once. */
export interface NearPart {
  scan(): Promise<PartSummary>;
  /** Adds this part's counts to the total; one part at a time. */
  merge(all: CountTable): Promise<void>;
  keep(all: CountTable, ratio: Ratio): Promise<KeptRows>;
}

export interface LinesTask {
  path: string;
  /** A format's name. */
  format: string;
  /** Byte offsets; each is the beginning of a line or the end of the file. */
  from: number;
  to: number;
  options: HashOptions;
  /** The table of counts has 2^bits slots. */
  bits: number;
}

/** Whether the native code hashes lines of that kind. */
export function canHashLines(format: string, { key, unit }: HashOptions): boolean {
  return key === 'row' && unit !== 'characters' && (format === 'alpaca' || format === 'chatml');
}

/** Lines of a file. */
export function openLines(task: LinesTask, progress: (rows: number) => void = () => undefined): NearPart {
  let hasher: LineHasher | null = createLineHasher(findFormat(task.format), task.options, task.bits);
  const opened = (): LineHasher => {
    if (!hasher) throw new Error(`lines of ${task.format} are not hashed in the fast way`);
    return hasher;
  };
  return {
    async scan() {
      const lines = opened();
      const add = (region: Buffer): void => {
        lines.add(region);
        progress(lines.store.rows());
      };
      readLinesSync(task, defaultMaxRowBytes, add, lines.skip);
      return lines.store.summary(lines.lines());
    },
    async merge(all) {
      mergeCounts(all, opened().counts());
    },
    async keep(all, ratio) {
      const kept = opened().store.keep(all, ratio);
      hasher = null;
      return kept;
    },
  };
}

/** A whole file of any kind. */
export function openRows(
  source: NearSource,
  options: HashOptions,
  progress: (rows: number) => void,
): NearPart {
  const hasher = createRowHasher(options);
  const store = createPartStore();
  const place = { line: 0, start: 0, bytes: 0 };
  return {
    async scan() {
      for await (const batch of readRows(source)) {
        for (const { example, code } of batch) {
          if (!example) store.leave(code ?? '', place);
          else {
            const { shingles, size, fields } = hasher(example);
            store.add(shingles, size, 0, place, fields, 0);
          }
        }
        progress(store.rows());
      }
      return store.summary(0);
    },
    async merge(all) {
      store.count(all);
    },
    keep: async (all, ratio) => store.keep(all, ratio),
  };
}
