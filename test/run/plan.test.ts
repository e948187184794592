import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPlan, planJsonSchema } from '../../src/run/plan.ts';

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
});
