import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPlan, planJsonSchema } from '../../src/run/plan.ts';
import { hashPlan } from '../../src/run/plan-hash.ts';
import { samplePlan } from '../store/sample-run.ts';

describe('plan.json', () => {
  it('docs/plan.schema.json is current (npm run generate)', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../docs/plan.schema.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(planJsonSchema());
  });

  it('of a later version is named as such', () => {
    expect(checkPlan({ lorch: 2 })).toBe('a later version of lorch wrote it');
  });

  it('says which part is wrong', () => {
    expect(checkPlan({ lorch: 1, plan_hash: 7 })).toBe('plan_hash is not what a plan has there');
    expect(checkPlan(null)).toBe('it is not what a plan has there');
  });

  it('of earlier versions names a launcher, which is read as the host', () => {
    const { resources, ...plan } = samplePlan('old');
    const old = checkPlan({ ...plan, resources: { launcher: 'local', gpus: 2 } });
    expect(old).toMatchObject({ value: { resources: { host: 'local', gpus: 2 } } });
    expect(JSON.stringify(old)).not.toContain('launcher');
    expect(checkPlan({ ...plan, resources })).toEqual({ value: { ...plan, resources } });
  });

  it('has the same hash wherever it runs', () => {
    const on = (host: string) => hashPlan(samplePlan('a', { resources: { host, gpus: 1 } }));
    expect(on('local')).toBe(on('cluster'));
    expect(on('local')).not.toBe(hashPlan(samplePlan('a', { resources: { host: 'local', gpus: 0 } })));
  });
});
