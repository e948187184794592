import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { localHost } from '../../src/hosts/local.ts';
import { testHost } from './contract.ts';

testHost('local', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'lorch-host-'));
  return { host: localHost, dir, close: () => rm(dir, { recursive: true, force: true }) };
});

it('the local host keeps runs where the workspace does', () => {
  expect(localHost.runsDir('/w/runs')).toBe('/w/runs');
});
