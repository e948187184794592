import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashRequirements, requirementsFile } from '../../src/python/environment.ts';
import { findPython } from '../../src/python/find-python.ts';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';
import { compareVersions, tokenizerRanges, trainerRanges } from '../../src/python/versions.ts';

let dir: string;
const path = process.env.PATH ?? '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-find-python-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A virtual environment of the real python3 that has exactly these distributions. */
function makeEnvironment(at: string, versions: Record<string, string>): string {
  execFileSync('python3', ['-m', 'venv', '--without-pip', at]);
  const [lib = ''] = readdirSync(join(at, 'lib'));
  const site = join(at, 'lib', lib, 'site-packages');
  for (const [name, version] of Object.entries(versions)) {
    const info = join(site, `${name}-${version}.dist-info`);
    mkdirSync(info, { recursive: true });
    writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
  }
  return join(at, 'bin', 'python');
}

function versionsIn(ranges: typeof trainerRanges): Record<string, string> {
  return Object.fromEntries(ranges.map((range) => [range.package, range.from]));
}

function markManaged(
  cacheDir: string,
  name: string,
  need: 'tokenizer' | 'trainer',
  requirements?: string,
): void {
  const at = join(cacheDir, 'python', name);
  makeEnvironment(at, versionsIn(need === 'trainer' ? trainerRanges : tokenizerRanges));
  const hash = hashRequirements(readFileSync(requirementsFile(findTrainerDir(), need), 'utf8'));
  const marker = {
    lorch: 1,
    requirements: requirements ?? hash,
    need,
    variant: 'cpu',
    python: '3.11.7',
    dev: null,
    created_ms: 1,
  };
  writeFileSync(join(at, 'lorch-environment.json'), JSON.stringify(marker));
}

describe('findPython', () => {
  it('takes --python before python: before the managed environment', async () => {
    const explicit = makeEnvironment(join(dir, 'explicit'), versionsIn(trainerRanges));
    const workspacePython = makeEnvironment(join(dir, 'workspace'), versionsIn(trainerRanges));
    markManaged(dir, 'managed', 'trainer');
    const options = { env: { PATH: path }, cacheDir: dir };
    expect(await findPython({ ...options, explicit, workspacePython })).toMatchObject({
      executable: explicit,
      source: 'explicit',
    });
    expect(await findPython({ ...options, workspacePython })).toMatchObject({
      executable: workspacePython,
      source: 'workspace',
    });
    expect(await findPython(options)).toMatchObject({
      executable: join(dir, 'python', 'managed', 'bin', 'python'),
      source: 'managed',
    });
  });

  it('accepts the folder of a virtual environment', async () => {
    const executable = makeEnvironment(join(dir, 'venv'), versionsIn(trainerRanges));
    const found = await findPython({ env: { PATH: path }, cacheDir: dir, explicit: join(dir, 'venv') });
    expect(found.executable).toBe(executable);
  });

  it('takes nothing from where PYTHONPATH points', async () => {
    makeEnvironment(join(dir, 'venv'), versionsIn(trainerRanges));
    const env = { PATH: path, PYTHONPATH: '/theirs' };
    const found = await findPython({ env, cacheDir: dir, explicit: join(dir, 'venv') });
    expect(found.env.PYTHONPATH).toBeUndefined();
    expect(readFileSync(join(found.trainerDir, 'lorch_trainer', '__init__.py'), 'utf8')).toBeTypeOf('string');
  });

  it('points to `lorch setup` when nothing has been made', async () => {
    await expect(findPython({ env: { PATH: path }, cacheDir: dir })).rejects.toMatchObject({
      code: 'E001',
      exitCode: 3,
      hint: expect.stringContaining('lorch setup'),
    });
  });

  it('passes over an environment made for other requirements, and says so', async () => {
    markManaged(dir, 'old', 'trainer', 'another hash');
    await expect(findPython({ env: { PATH: path }, cacheDir: dir })).rejects.toMatchObject({
      code: 'E001',
      message: expect.stringContaining('another version'),
    });
  });

  it('passes over an environment whose making was interrupted', async () => {
    markManaged(dir, 'half', 'trainer');
    rmSync(join(dir, 'python', 'half', 'lorch-environment.json'));
    await expect(findPython({ env: { PATH: path }, cacheDir: dir })).rejects.toMatchObject({ code: 'E001' });
  });

  it('uses a light environment for tokenising only, and a full one for both', async () => {
    markManaged(dir, 'light', 'tokenizer');
    const options = { env: { PATH: path }, cacheDir: dir };
    expect((await findPython({ ...options, need: 'tokenizer' })).executable).toContain('light');
    await expect(findPython(options)).rejects.toMatchObject({ code: 'E001' });
    markManaged(dir, 'full', 'trainer');
    expect((await findPython({ ...options, need: 'tokenizer' })).executable).toContain('full');
    expect((await findPython(options)).executable).toContain('full');
  });

  it('names every missing package', async () => {
    const versions = versionsIn(trainerRanges);
    delete versions.peft;
    delete versions.trl;
    const explicit = makeEnvironment(join(dir, 'venv'), versions);
    await expect(findPython({ env: { PATH: path }, cacheDir: dir, explicit })).rejects.toMatchObject({
      code: 'E003',
      message: expect.stringMatching(/peft .*trl /),
    });
  });

  it('refuses versions outside the ranges, old and new', async () => {
    const explicit = makeEnvironment(join(dir, 'venv'), {
      ...versionsIn(trainerRanges),
      transformers: '4.40.0',
      trl: '99.0',
    });
    await expect(findPython({ env: { PATH: path }, cacheDir: dir, explicit })).rejects.toMatchObject({
      code: 'E004',
      message: expect.stringMatching(/transformers 4\.40\.0 \(too old.*trl 99\.0 \(too new/),
    });
  });

  it('says that a named interpreter is not there', async () => {
    const explicit = join(dir, 'none');
    await expect(findPython({ env: { PATH: path }, cacheDir: dir, explicit })).rejects.toMatchObject({
      code: 'E005',
      exitCode: 3,
    });
  });
});

describe('compareVersions', () => {
  it('compares number by number and leaves local parts out', () => {
    expect(compareVersions('2.10', '2.9')).toBeGreaterThan(0);
    expect(compareVersions('2.13.0+cpu', '2.13')).toBe(0);
    expect(compareVersions('1.0rc1', '1.1')).toBeLessThan(0);
  });
});

describe('hashRequirements', () => {
  it('changes with a requirement and not with a comment or the order', () => {
    const plain = hashRequirements('a==1\nb>=2\n');
    expect(hashRequirements('# why\nb>=2\n\na==1 # pinned\n')).toBe(plain);
    expect(hashRequirements('a==1\nb>=3\n')).not.toBe(plain);
  });
});
