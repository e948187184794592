// The commands that write, and what each of them makes.

export interface FaultCase {
  name: string;
  args: string[];
  /** New files; each is whole or not there. */
  outputs?: string[];
  /** It makes a run; on an error, none. */
  makesRun?: true;
  /** It removes this run. */
  removes?: string;
  /** It needs a Python environment that tokenises. */
  tokenises?: true;
}

export const keptRun = '20261130-050000-kept-aaaa';
export const otherRun = '20261130-050001-other-bbbb';

const withLineage = (...files: string[]): string[] => files.flatMap((file) => [file, `${file}.lineage.json`]);

export const faultCases: FaultCase[] = [
  {
    name: 'data convert',
    args: ['data', 'convert', 'datasets/rows.jsonl', '--to', 'sharegpt', '-o', 'out/deep/rows.jsonl'],
    outputs: withLineage('out/deep/rows.jsonl'),
  },
  {
    name: 'data dedup',
    args: ['data', 'dedup', 'datasets/rows.jsonl', '-o', 'out/rows.jsonl'],
    outputs: [...withLineage('out/rows.jsonl'), 'out/rows.jsonl.undo.jsonl', 'out/rows.jsonl.ledger.jsonl'],
  },
  {
    name: 'data split',
    args: ['data', 'split', 'datasets/rows.jsonl', '--validation', '0.2', '-o', 'out'],
    outputs: [...withLineage('out/train.jsonl', 'out/validation.jsonl'), 'out/train.jsonl.ledger.jsonl'],
  },
  {
    name: 'config import',
    args: ['config', 'import', 'axolotl.yml', '-o', 'configs/imported.yaml'],
    outputs: ['configs/imported.yaml'],
  },
  {
    name: 'train --detach',
    args: ['train', 'configs/run.yaml', '--detach', '--unreviewed', 'a test'],
    makesRun: true,
    tokenises: true,
  },
  {
    name: 'rerun',
    args: ['rerun', keptRun, '--detach', '--unreviewed', 'a test'],
    makesRun: true,
  },
  { name: 'rm', args: ['rm', otherRun, '--yes'], removes: otherRun },
  { name: 'db rebuild', args: ['db', 'rebuild'] },
];
