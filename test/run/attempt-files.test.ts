import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { checkAttemptFile } from '../../src/run/attempt-files.ts';

const old = JSON.parse(
  readFileSync(
    resolve(import.meta.dirname, '../fixtures/run-folders/finished/attempt-1/launch.json'),
    'utf8',
  ),
) as Record<string, unknown>;

it('launch.json of a version that had launchers is read as a process on this machine', () => {
  expect(old.launcher).toBe('local');
  const { launcher: _, ...same } = old;
  expect(checkAttemptFile('launch', old)).toEqual({
    value: { ...same, host: 'local', scheduler: 'process' },
  });
});

it('launch.json keeps whatever a scheduler remembers', () => {
  const { launcher: _, ...rest } = old;
  const launch = {
    ...rest,
    host: 'cluster',
    scheduler: 'slurm',
    resources: { gpus: 2 },
    handle: { job: [7] },
  };
  expect(checkAttemptFile('launch', launch)).toEqual({ value: launch });
  expect(checkAttemptFile('launch', { ...launch, host: 7 })).toBe('host is not what launch.json has there');
});
