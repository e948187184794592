// Files in the workspace with the names of modules: no command may import one, neither may a worker of the trainer.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const names = [
  ...['tokenize', 'token', 'random', 'typing', 'json', 'queue', 'numpy', 'torch', 'transformers'],
  ...[
    'sitecustomize',
    'usercustomize',
    'datasets/__init__',
    'lorch_trainer/__init__',
    'lorch_trainer/__main__',
  ],
];

describe.skipIf(!python)('a workspace with the names of modules', () => {
  let workspace: TestWorkspace;
  const before = process.cwd();
  beforeAll(async () => {
    workspace = await makeWorkspace();
    const code = `open(${JSON.stringify(join(workspace.root, 'imported'))}, "a").write(__file__ + "\\n")\n`;
    for (const name of names) await workspace.write(`${name}.py`, code);
    process.chdir(workspace.root);
  });
  afterAll(async () => {
    process.chdir(before);
    await workspace.remove();
  });

  const lorch = (...args: string[]) => {
    const hostile = {
      PYTHONPATH: workspace.root,
      PYTHONSTARTUP: 'random.py',
      PYTHONUSERBASE: workspace.root,
    };
    return workspace.lorch(args, { env: { ...workspace.env, ...hostile } });
  };

  it('runs every command as if they were not there', async () => {
    expect((await lorch('doctor')).stderr).toContain('Everything that lorch needs works.\n');
    expect((await lorch('model', 'show', 'models/tiny', '--verify')).exitCode).toBe(0);
    const workers = ['--set', 'training.dataloader_num_workers=1', '--set', 'training.num_train_epochs=1'];
    const trained = await lorch('train', 'configs/run.yaml', '--unreviewed', 'a test', ...workers);
    expect(trained.exitCode, trained.stderr).toBe(0);
    expect((await lorch('try', '@last')).exitCode).toBe(0);
    expect((await lorch('merge', '@last', '--out', 'merged')).exitCode).toBe(0);
    expect(existsSync(join(workspace.root, 'imported'))).toBe(false);
  }, 600_000);
});
