// The data commands on one fuzzed file, as a user types them: never a bug's exit code, and outputs that add up.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliResult, runCli } from '../../run-cli.ts';
import type { FuzzedFile } from './make-file.ts';

interface Counts {
  rows: number;
  ledger: { rows_in: number; kept: number; dropped: Record<string, number> };
}

/** Runs check, split, sample, convert, diff and versions in `dir`, which it leaves empty. Throws what is wrong. */
export async function runCommands({ bytes }: FuzzedFile, dir: string): Promise<void> {
  const file = join(dir, 'rows');
  writeFileSync(file, bytes);
  const lorch = async (...args: string[]) => {
    const result = await runCli(['data', ...args], { cwd: dir });
    if (![0, 1, 2].includes(result.exitCode))
      throw new Error(`lorch data ${args.join(' ')} exits ${result.exitCode}: ${result.stderr.slice(-600)}`);
    return result;
  };
  try {
    const checked = await lorch('check', 'rows', '--json');
    const { rows, ledger } = checked.json() as unknown as Counts;
    const lost = Object.values(ledger.dropped).reduce((sum, n) => sum + n, 0);
    if (ledger.rows_in !== rows || ledger.kept + lost !== rows)
      throw new Error('check: the sums do not agree');
    await lorch('check', 'rows');
    const split = await lorch('split', 'rows', '-o', 'out', '--on-error', 'drop', '--json');
    if (split.exitCode === 0) await checkSplit(dir, split.json() as unknown as Counts, ledger.kept);
    for (const stratify of ['length', 'source', 'label'])
      await lorch('split', 'rows', '-o', stratify, '--on-error', 'drop', '--stratify', stratify);
    for (const stratify of ['length', 'source', 'finding'])
      await lorch('sample', 'rows', '-n', '5', '--stratify', stratify);
    const sample = await lorch('sample', 'rows', '-n', '7', '--json');
    const { drawn } = refused(sample) ? { drawn: null } : (sample.json() as { drawn: unknown[] });
    if (drawn && drawn.length !== Math.min(7, ledger.kept))
      throw new Error(`${drawn.length} rows of ${ledger.kept} drawn`);
    for (const to of ['chatml', 'alpaca', 'sharegpt', 'chatml-text', 'preference'])
      await lorch('convert', 'rows', '--to', to, '-o', to, '--on-error', 'drop', '--allow-loss');
    const same = await lorch('diff', 'rows', 'rows', '--json');
    if (same.exitCode !== 0 && !refused(same)) throw new Error('a file differs from itself');
    if (existsSync(join(dir, 'chatml'))) {
      await lorch('diff', 'rows', 'chatml');
      const versions = await lorch('versions', 'chatml');
      if (versions.exitCode !== 0) throw new Error(`a new file has changed: ${versions.stdout}`);
    }
  } finally {
    for (const name of ['rows', 'out', 'length', 'source', 'label', ...converted])
      rmSync(join(dir, name), { recursive: true, force: true });
  }
}

/** A damaged file, or one without a row, is neither drawn from nor compared, and is told apart by a code. */
function refused({ exitCode, stdout, stderr }: CliResult): boolean {
  return exitCode === 1 && stdout === '' && /^error D\d{3} /m.test(stderr);
}

const converted = ['chatml', 'alpaca', 'sharegpt', 'chatml-text', 'preference'].flatMap((name) => [
  name,
  `${name}.lineage.json`,
]);

async function checkSplit(dir: string, { rows }: Counts, kept: number): Promise<void> {
  const lines = (name: string): string[] =>
    readFileSync(join(dir, 'out', name), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  const written = [...lines('train.jsonl'), ...lines('validation.jsonl')];
  for (const line of written) JSON.parse(line);
  if (written.length !== kept) throw new Error(`split: ${written.length} rows written, ${kept} kept`);
  if (lines('train.jsonl.ledger.jsonl').length !== rows) throw new Error('split: the ledger lacks rows');
}
