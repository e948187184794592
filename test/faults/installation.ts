// lorch as it is installed, with a small program of test/fixtures/trainers in the place of its trainer.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { trainerRanges } from '../../src/python/versions.ts';
import { buildCli } from '../cli/build-cli.ts';

const root = resolve(import.meta.dirname, '../..');

export interface Installation {
  bin: string;
  /** From now on, runs are trained by this program. */
  trainWith(trainer: string): void;
  remove(): void;
}

/** A copy that can be changed; what plans and tokenises is the real one. */
export function installLorch(): Installation {
  const { bin, remove } = buildCli();
  const src = join(dirname(dirname(bin)), 'src/trainer');
  unlinkSync(src);
  cpSync(join(root, 'src/trainer'), src, { recursive: true });
  const programs = join(root, 'test/fixtures/trainers');
  return {
    bin,
    trainWith(trainer) {
      const program = JSON.stringify(join(programs, `${trainer}.py`));
      writeFileSync(
        join(src, 'lorch_trainer/commands/train.py'),
        // They import the module beside them.
        `import os, sys\n\n\ndef main(argv):\n    os.environ.pop("PYTHONSAFEPATH", None)\n    os.execv(sys.executable, [sys.executable, "-B", "-S", ${program}, *argv])\n`,
      );
    },
    remove,
  };
}

/** A Python that says that the packages of a trainer are there: enough for the programs above, which need none. */
export function makeBarePython(dir: string): string {
  execFileSync('python3', ['-m', 'venv', '--without-pip', dir]);
  const python = join(dir, 'bin/python');
  const site = execFileSync(python, ['-c', 'import site; print(site.getsitepackages()[0])'], {
    encoding: 'utf8',
  }).trim();
  for (const { package: name, from } of trainerRanges) {
    const info = join(site, `${name}-${from}.dist-info`);
    mkdirSync(info);
    writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${from}\n`);
  }
  return python;
}
