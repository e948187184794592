// Where the stack of a bug is kept: for its user alone, under a name that nobody can prepare.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { reportError } from '../../src/cli/report-error.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-report-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function report(env: Record<string, string>, message = 'a bug'): Promise<string> {
  const text: string[] = [];
  const stream = { write: (part: string) => void text.push(part), isTTY: false, columns: 80, color: false };
  const context: Context = {
    cwd: dir,
    env,
    stdin: Readable.from([]),
    stdout: stream,
    stderr: stream,
    now: () => 1_700_000_000_000,
    onInterrupt: () => () => undefined,
    openTerminal: () => Promise.resolve(null),
    program: [],
    debug: false,
    exitCode: 0,
  };
  expect(await reportError(new Error(message), context)).toBe(70);
  return /The stack is in (.*); --debug/.exec(text.join(''))?.[1] ?? '';
}

describe('the stack of a bug', () => {
  it('is a private file in the user’s own state folder, without secrets', async () => {
    const token = `hf_${'Ab3'.repeat(10)}`;
    const file = await report({ HOME: dir, MY_TOKEN: 'very-secret-value' }, `at ${token} very-secret-value`);
    expect(file.startsWith(join(dir, '.local', 'state', 'lorch', 'crash-'))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, 'utf8')).not.toMatch(/hf_|very-secret-value/);
  });

  it('has a new name each time', async () => {
    const files = await Promise.all([report({ HOME: dir }), report({ HOME: dir })]);
    expect(new Set(files).size).toBe(2);
  });

  it('never follows what somebody put there before, and goes elsewhere if it cannot be written', async () => {
    const state = join(dir, 'state');
    mkdirSync(state);
    symlinkSync('/dev/null', join(state, 'lorch'));
    const file = await report({ XDG_STATE_HOME: state });
    expect(file).toContain('lorch-crash-');
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    rmSync(join(file, '..'), { recursive: true });
    expect(readdirSync(state)).toEqual(['lorch']);
    chmodSync(state, 0o700);
  });
});
