// A model folder as configs of the workspace would name it, so that their plans find what was measured.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readTarget } from '../../../src/app/model/calibration-target.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-target-'));
const root = join(dir, 'workspace');
for (const path of ['models/tiny', 'configs', '../beside']) mkdirSync(join(root, path), { recursive: true });
afterAll(() => rmSync(dir, { recursive: true }));

it.each([
  ['inside of it, from its root', 'models/tiny', root, 'models/tiny'],
  ['inside of it, from another folder', '../models/tiny', join(root, 'configs'), 'models/tiny'],
  ['beside it', '../beside', root, join(dir, 'beside')],
  ['that is not there: a hub id', 'user/model', root, 'user/model'],
])('a folder %s', async (_, target, cwd, name) => {
  const { loaded } = await readTarget({
    target,
    revision: null,
    lora: null,
    overrides: [],
    root,
    cwd,
    env: {},
  });
  expect(loaded.config.base_model).toBe(name);
});
