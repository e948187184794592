// The first pass over the rows: hashes each row once and keeps 4 bytes per shingle.
import type { Example } from '../example.ts';
import { createHashList, type ExactGroups } from './exact-groups.ts';
import { type Candidates, findCandidates, type Side } from './find-candidates.ts';
import type { Ratio } from './ratio.ts';
import { type CompareKey, eachRowText } from './row-texts.ts';
import { createShingleStore, doubled } from './shingle-store.ts';
import { createShingler } from './shingler.ts';
import type { Unit } from './words.ts';

export interface HashOptions {
  /** Words per shingle, 1 to 5. */
  n: number;
  unit: Unit;
  /** What is compared. */
  key: CompareKey;
}

export interface HashedRows {
  /** Adds each row once, train rows first; each `row` number is unique. */
  add(row: number, example: Example, side: Side): void;
  /** The rows that may be in a pair, and the candidate pairs. */
  candidates(ratio: Ratio): Candidates;
  /** Train rows with the same words in the prompt, and in the answer; counts only what is compared. */
  exact(): { prompt?: ExactGroups; answer?: ExactGroups };
}

/** Hashes rows. */
export function createHashedRows(options: HashOptions): HashedRows {
  const hasher = createRowHasher(options);
  const store = createShingleStore();
  const fields = createFieldLists(options.key);
  let numbers = new Uint32Array(1024);
  let trains = 0;
  return {
    add(row, example, side) {
      const number = store.rows();
      if (number === numbers.length) numbers = doubled(numbers);
      numbers[number] = row;
      const hashed = hasher(example);
      store.add(hashed.shingles, hashed.size);
      if (side !== 'train') return;
      trains = number + 1;
      fields.add(hashed.fields, 0);
    },
    candidates: (ratio) => findCandidates(store, numbers, trains, ratio),
    exact: () => fields.groups((i) => numbers[i] as number),
  };
}

export interface HashedRow {
  /** Overwritten by the next row. */
  shingles: Int32Array;
  size: number;
  /** Two hashes of two numbers each, for the words of prompt and answer; zeros if there are none. */
  fields: Uint32Array;
}

/** A hasher of examples, one after another. */
export function createRowHasher({ n, unit, key }: HashOptions): (example: Example) => HashedRow {
  const shingler = createShingler({ n, unit });
  const prompt = createFold();
  const answer = createFold();
  const fields = new Uint32Array(4);
  const add = (text: string, isAnswer: boolean): void => {
    const from = shingler.words();
    shingler.addText(text);
    const to = shingler.words();
    if (to === from) return;
    const { low, high } = shingler.hashWords(from, to);
    (isAnswer ? answer : prompt).add(low, high);
  };
  return (example) => {
    prompt.clear();
    answer.clear();
    eachRowText(example, key, add);
    fields[0] = prompt.low;
    fields[1] = prompt.high;
    fields[2] = answer.low;
    fields[3] = answer.high;
    const size = shingler.endRow();
    return { shingles: shingler.shingles(), size, fields };
  };
}

export interface FieldLists {
  /** Adds the fields of one train row, four numbers from `at` on. */
  add(fields: Uint32Array, at: number): void;
  groups(rowOf: (index: number) => number): { prompt?: ExactGroups; answer?: ExactGroups };
}

/** Collects the hashes of fields; counts only what is compared. */
export function createFieldLists(key: CompareKey): FieldLists {
  const prompts = createHashList();
  const answers = createHashList();
  return {
    add(fields, at) {
      prompts.add(fields[at] as number, fields[at + 1] as number);
      answers.add(fields[at + 2] as number, fields[at + 3] as number);
    },
    groups: (rowOf) => ({
      ...(key !== 'answer' && { prompt: prompts.groups(rowOf) }),
      ...(key !== 'prompt' && { answer: answers.groups(rowOf) }),
    }),
  };
}

// One hash over the texts of several turns; zeros if there are no words.
function createFold() {
  const fold = {
    low: 0,
    high: 0,
    add(low: number, high: number): void {
      fold.low = (Math.imul(fold.low, 0x9e3779b1) + low) >>> 0 || 1;
      fold.high = (Math.imul(fold.high, 0x85ebca6b) + high) >>> 0;
    },
    clear(): void {
      fold.low = 0;
      fold.high = 0;
    },
  };
  return fold;
}
