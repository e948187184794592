// Codes are promises: each has one meaning, and each that is raised is documented.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allCodes } from '../../../src/app/codes/explain-code.ts';

const src = resolve(import.meta.dirname, '../../../src');
const raised = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|py)$/.test(file))
  .flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/['"]([ACDEMPRTUV]\d{3})['"]/g)].map(
      (m) => m[1] ?? '',
    ),
  );

describe('codes', () => {
  it('have one meaning each', async () => {
    const codes = (await allCodes()).map(({ code }) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  it('are all explained', async () => {
    const known = new Set((await allCodes()).map(({ code }) => code));
    expect([...new Set(raised)].filter((code) => !known.has(code)).sort()).toEqual([]);
  });

  it('say why and what to do', async () => {
    for (const { code, title, prose } of await allCodes()) {
      expect(title.length, code).toBeGreaterThan(10);
      expect(prose.length, code).toBeGreaterThan(20);
    }
  });
});
