import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPackages } from '../../../src/app/plan/check-packages.ts';
import { refusalExit } from '../../../src/app/plan/refuse-plans.ts';
import { neededPackages } from '../../../src/config/render/packages.ts';
import { trackers } from '../../../src/config/schema/training/logging.ts';

const model = { dtype: 'float32', attn_implementation: 'sdpa', trust_remote_code: false } as const;
// A Python without any package.
const python = () =>
  Promise.resolve({
    executable: process.env.LORCH_TEST_PYTHON ?? 'python3',
    env: { PATH: process.env.PATH, PYTHONNOUSERSITE: '1' },
    trainerDir: resolve(import.meta.dirname, '../../../src/trainer'),
  } as never);
const check = (training: Record<string, unknown>) =>
  checkPackages({ model, training } as never, 'run', python);

describe('packages that settings need', () => {
  it('are known for every tracker', () => {
    for (const tracker of trackers) {
      const needs = neededPackages({
        model,
        training: { optim: 'adamw_torch', report_to: [tracker] },
      } as never);
      expect(needs.length, tracker).toBeGreaterThan(0);
      expect(needs.every(({ value, anyOf }) => value === tracker && anyOf.length > 0)).toBe(true);
    }
  });

  it('are named, with the command that installs them where the run would train', async () => {
    const found = await check({ optim: 'adamw_torch', report_to: ['dagshub', 'neptune'] });
    expect(found.map(({ code, data }) => `${code} ${data?.package}`)).toEqual([
      'P013 dagshub',
      'P013 mlflow',
      'P013 neptune',
    ]);
    expect(found[2]).toMatchObject({
      message:
        "training.report_to: neptune needs a package that the trainer's environment does not have: neptune is not installed",
      hint: 'python3 -m pip install neptune, or neptune-client; or remove neptune from report_to',
      at: { pointer: '/training/report_to' },
    });
    expect(refusalExit(found)).toBe(3);
    expect(refusalExit([...found, { code: 'D014', severity: 'error' }])).toBe(1);
    expect(refusalExit([{ code: 'T025', severity: 'note' }])).toBeNull();
  });

  it('are not looked for without a tracker', async () => {
    expect(await check({ optim: 'adamw_torch', report_to: 'none' })).toEqual([]);
  });
});
