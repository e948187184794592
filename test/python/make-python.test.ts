// The real venv and pip, without a network: what is installed is made here.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserError } from '../../src/diagnostics/user-error.ts';
import { localHost } from '../../src/hosts/local.ts';
import { findBasePython } from '../../src/python/base-python.ts';
import { interpreterOf, readMarker } from '../../src/python/environment.ts';
import { inspectPython } from '../../src/python/inspect.ts';
import { makePython } from '../../src/python/make-python.ts';
import { pipInstall } from '../../src/python/pip.ts';

let dir: string;
const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME };
const usable = await findBasePython(env).then(
  () => true,
  () => false,
);
if (!usable) process.stderr.write('skipped: making environments needs Python 3.10 or newer with venv\n');

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-make-python-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe.runIf(usable)('makePython', () => {
  // One environment for the whole story: making it is slow where other tests run too.
  it('makes an environment, says why pip failed in it, and calls it complete only when it is', async () => {
    const cacheDir = join(dir, 'cache');
    const stages: string[] = [];
    const making = makePython({
      // No index at all: the pinned packages cannot be found.
      env: { ...env, PIP_NO_INDEX: '1', PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: '' },
      cacheDir,
      need: 'tokenizer',
      onStage: (stage) => stages.push(stage),
    });
    const error = await making.then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown as UserError,
    );
    expect(error).toMatchObject({ code: 'E007', exitCode: 3 });
    expect(readFileSync(String(error.hint).replace(/^.*log: /, ''), 'utf8')).toContain('$ pip install');
    expect(stages).toHaveLength(2);
    const [name = ''] = readdirSync(join(cacheDir, 'python'));
    const made = join(cacheDir, 'python', name);
    expect(await readMarker(localHost, made)).toBeNull();
    expect(existsSync(`${made}.lock`)).toBe(false);

    const executable = interpreterOf(made);
    const steps: string[] = [];
    // A wheel is a zip with metadata: made by hand, so that no build tool has to be fetched.
    const wheel = join(dir, 'small-1.0-py3-none-any.whl');
    await execa(executable, ['-c', wheelScript, wheel]);
    await pipInstall({
      executable,
      args: ['--no-index', wheel],
      env,
      logFile: join(dir, 'log'),
      onStep: (step) => steps.push(step),
    });
    const { packages } = await inspectPython(executable, ['small', 'absent'], env);
    expect(packages).toEqual({ small: '1.0', absent: null });
    expect(steps).toContain('installing 1 package');
  });
});

const wheelScript = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("small.py", "")
    wheel.writestr("small-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\n")
    wheel.writestr("small-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("small-1.0.dist-info/RECORD", "small.py,,\\nsmall-1.0.dist-info/METADATA,,\\nsmall-1.0.dist-info/WHEEL,,\\nsmall-1.0.dist-info/RECORD,,\\n")
`;
