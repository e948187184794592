// The first pass over the rows: each is hashed once, and 4 bytes a shingle stay.
import type { Example } from '../example.ts';
import { createHashList, type ExactGroups } from './exact-groups.ts';
import { type Candidates, findCandidates, type Side } from './find-candidates.ts';
import type { Ratio } from './ratio.ts';
import { type CompareKey, eachRowText } from './row-texts.ts';
import { createShingleStore, doubled } from './shingle-store.ts';
import { createShingler } from './shingler.ts';
import type { Unit } from './words.ts';

export interface HashOptions {
  /** Words a shingle, 1 to 5. */
  n: number;
  unit: Unit;
  /** What is compared. */
  key: CompareKey;
}

export interface HashedRows {
  /** Takes the rows once, train rows before any others; `row` is a number of its own. */
  add(row: number, example: Example, side: Side): void;
  /** The rows that may stand in a pair, and which with which. */
  candidates(ratio: Ratio): Candidates;
  /** Train rows with the same words in the prompt, and in the answer; only what is compared is counted. */
  exact(): { prompt?: ExactGroups; answer?: ExactGroups };
}

/** Hashes rows. */
export function createHashedRows({ n, unit, key }: HashOptions): HashedRows {
  const shingler = createShingler({ n, unit });
  const store = createShingleStore();
  const prompts = createHashList();
  const answers = createHashList();
  let numbers = new Uint32Array(1024);
  let trains = 0;
  const prompt = createFold();
  const answer = createFold();

  const add = (text: string, isAnswer: boolean): void => {
    const from = shingler.words();
    shingler.addText(text);
    const to = shingler.words();
    if (to === from) return;
    const { low, high } = shingler.hashWords(from, to);
    (isAnswer ? answer : prompt).add(low, high);
  };

  return {
    add(row, example, side) {
      eachRowText(example, key, add);
      const number = store.rows();
      if (number === numbers.length) numbers = doubled(numbers);
      numbers[number] = row;
      const size = shingler.endRow();
      store.add(shingler.shingles(), size);
      if (side === 'train') {
        trains = number + 1;
        prompts.add(prompt.low, prompt.high);
        answers.add(answer.low, answer.high);
      }
      prompt.clear();
      answer.clear();
    },
    candidates(ratio) {
      const found = findCandidates(store, ratio, (number) => number < trains);
      for (const members of found.classes)
        for (let i = 0; i < members.length; i += 1) members[i] = numbers[members[i] as number] as number;
      return found;
    },
    exact: () => ({
      ...(key !== 'answer' && { prompt: prompts.groups((i) => numbers[i] as number) }),
      ...(key !== 'prompt' && { answer: answers.groups((i) => numbers[i] as number) }),
    }),
  };
}

// One hash over the texts of several turns; zeros where there was no word.
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
