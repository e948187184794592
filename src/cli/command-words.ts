// Words that people type for a lorch command, from other tools or without its group.

import { nearest } from '../config/suggest.ts';
import { commandGroups } from './commands/index.ts';

const otherWords: Record<string, readonly string[]> = {
  status: ['runs', 'show @last', 'data review DATASET --status'],
  ls: ['runs'],
  list: ['runs'],
  ps: ['runs'],
  history: ['runs'],
  info: ['show RUN', 'model show MODEL'],
  start: ['train CONFIG'],
  run: ['train CONFIG'],
  launch: ['train CONFIG'],
  fit: ['train CONFIG'],
  finetune: ['train CONFIG'],
  'fine-tune': ['train CONFIG'],
  sft: ['train CONFIG'],
  cancel: ['stop RUN'],
  kill: ['stop RUN --force'],
  abort: ['stop RUN'],
  continue: ['resume RUN'],
  restart: ['resume RUN', 'rerun RUN'],
  delete: ['rm RUN'],
  remove: ['rm RUN'],
  log: ['logs RUN'],
  tail: ['logs RUN -f'],
  follow: ['logs RUN -f', 'attach RUN'],
  watch: ['logs RUN -f'],
  diff: ['compare RUN RUN', 'data diff OLD NEW'],
  validate: ['data check DATASET', 'config check CONFIG'],
  lint: ['data check DATASET', 'config check CONFIG'],
  check: ['data check DATASET', 'config check CONFIG'],
  show: ['show RUN', 'model show MODEL'],
  dryrun: ['plan CONFIG'],
  'dry-run': ['plan CONFIG'],
  estimate: ['plan CONFIG', 'model show MODEL'],
  preview: ['plan CONFIG'],
  chat: ['try RUN'],
  generate: ['try RUN'],
  infer: ['try RUN'],
  fuse: ['merge RUN -o DIR'],
  export: ['merge RUN -o DIR'],
  install: ['setup'],
  new: ['init DIR'],
  create: ['init DIR'],
  schema: ['config schema'],
  dataset: ['data check DATASET'],
  datasets: ['data check DATASET'],
  duplicates: ['data dedup DATASET'],
  dedupe: ['data dedup DATASET'],
  deduplicate: ['data dedup DATASET'],
};

/** The commands that `typed` (the words after `lorch`) may mean, without `lorch`; none if nothing is similar. */
export function meantCommands(typed: readonly string[]): string[] {
  const names = commandGroups.flatMap(({ commands }) => commands.map(({ name }) => name));
  const groups = new Set(names.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0]));
  const [first = '', second = ''] = typed.map((word) => word.toLowerCase());
  if (groups.has(first)) {
    const inGroup = names.filter((name) => name.startsWith(`${first} `));
    const near = nearest(
      second,
      inGroup.map((name) => name.slice(first.length + 1)),
    );
    const elsewhere = names.includes(second) ? [second] : [];
    return near ? [`${first} ${near}`] : elsewhere;
  }
  // `lorch dedup` is `lorch data dedup`.
  const grouped = names.filter((name) => name.split(' ')[1] === first);
  const known = Object.hasOwn(otherWords, first) ? (otherWords[first] ?? []) : [];
  if (known.length > 0) return [...known];
  if (grouped.length > 0) return grouped;
  const words = [...names.map((name) => name.split(' ').at(-1) ?? name), ...Object.keys(otherWords)];
  const near = nearest(first, words);
  if (near === undefined) return [];
  return names.includes(near) ? [near] : meantCommands([near]);
}
