// Completion on Tab: what the shell is told, and that bash takes the script.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { buildCli } from './build-cli.ts';

let dir: string;
let cli: ReturnType<typeof buildCli>;
const runs = ['20260102-030405-first-0a1b', '20260103-030405-second-2c3d'];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-completion-'));
  writeFileSync(join(dir, 'lorch.yaml'), '');
  for (const run of [...runs, 'not-a-run']) mkdirSync(join(dir, 'runs', run), { recursive: true });
  cli = buildCli();
});
afterAll(() => {
  cli?.remove();
  rmSync(dir, { recursive: true });
});

const complete = async (...words: string[]): Promise<string[]> => {
  const { stdout } = await runCli(['complete', '--', ...words], { cwd: dir, env: {} });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
};

describe('completion', () => {
  it('knows commands, options and the values that they take', async () => {
    expect(await complete('data', 'ch')).toEqual(['check', ':4']);
    expect(await complete('data', 'check', '--tok')).toEqual(['--tokenizer', ':4']);
    expect(await complete('data', 'check', '--template', '')).toEqual([
      'auto',
      'model',
      'chatml',
      'alpaca',
      ':4',
    ]);
  });

  it('offers the runs of the workspace, the newest first', async () => {
    expect(await complete('show', '')).toEqual(['@last', ...runs.toReversed(), ':4']);
  });

  it('leaves files to the shell', async () => {
    expect(await complete('train', '')).toEqual([':0']);
  });

  it('works in bash, with and without a file to complete', () => {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'lorch'), `#!/bin/sh\nexec "${process.execPath}" "${cli.bin}" "$@"\n`);
    chmodSync(join(bin, 'lorch'), 0o755);
    // bash offers compopt only while it completes, so the script runs as a completion would call it.
    const script = `
source <(lorch completion bash)
compopt() { :; }
COMP_WORDS=(lorch data ch); COMP_CWORD=2; __lorch_complete; echo "\${COMPREPLY[*]}"
COMP_WORDS=(lorch show ""); COMP_CWORD=2; COMPREPLY=(); __lorch_complete; echo "\${COMPREPLY[0]}"
complete -p lorch
`;
    const out = execFileSync('bash', ['--norc', '-c', script], {
      cwd: dir,
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: dir },
      encoding: 'utf8',
    });
    expect(out.trim().split('\n')).toEqual([
      'check',
      '@last',
      'complete -o default -F __lorch_complete lorch',
    ]);
  });
});
