import { describe, expect, it } from 'vitest';
import { meantCommands } from '../../src/cli/command-words.ts';
import { commandGroups } from '../../src/cli/commands/index.ts';
import { runCli } from '../run-cli.ts';

describe('a command that lorch does not have', () => {
  it.each([
    ['dedup', ['data dedup']],
    ['review', ['data review']],
    ['calibrate', ['model calibrate']],
    ['ls', ['runs']],
    ['check', ['data check DATASET', 'config check CONFIG']],
    ['trian', ['train']],
    ['chekc', ['data check DATASET', 'config check CONFIG']],
    ['data chekc', ['data check']],
    ['model shwo', ['model show']],
    ['data compare', ['compare']],
    ['data xyz', []],
    ['xyzzy', []],
  ])('%s: the one that was meant', (typed, meant) => {
    expect(meantCommands(typed.split(' '))).toEqual(meant);
  });

  it('is answered with commands that there are', async () => {
    const names = commandGroups.flatMap(({ commands }) => commands.map(({ name }) => name));
    for (const typed of [
      'status',
      'list',
      'cancel',
      'restart',
      'diff',
      'lint',
      'estimate',
      'export',
      'dataset',
    ])
      for (const meant of meantCommands([typed]))
        expect(names.some((name) => meant === name || meant.startsWith(`${name} `))).toBe(true);
    const { stderr, exitCode } = await runCli(['status']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: unknown command 'status'\n {2}hint: did you mean `lorch runs`/);
    expect((await runCli(['data', 'xyz'])).stderr).toContain('`lorch data --help` lists its commands');
  });
});
