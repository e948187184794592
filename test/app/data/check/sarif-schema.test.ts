// Reports against the schema that OASIS publishes for SARIF 2.1.0, as a package carries it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv-draft-04';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../run-cli.ts';

const require = createRequire(import.meta.url);
const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object;
const ajv = new Ajv.default({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false });
const validate = ajv.compile(schema);

const planted = join(import.meta.dirname, '../../../../datasets/support-triage.jsonl');

describe('a SARIF report', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'lorch-sarif-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  async function report(...files: string[]): Promise<Record<string, unknown>> {
    const path = join(dir, 'report.sarif');
    await runCli(['data', 'check', ...files, '--sarif', path], { cwd: dir });
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  }

  /** What the schema objects to; empty where the report is valid. */
  const faults = (value: unknown) => (validate(value) ? [] : validate.errors);

  it('is valid for planted faults, for rows without any, and for several files', async () => {
    writeFileSync(join(dir, 'good.jsonl'), '{"instruction":"Name a colour.","output":"Blue."}\n');
    writeFileSync(join(dir, 'odd name #1.jsonl'), '{"instruction":"\u{1F600}","output":""}\nnot json\n');
    expect(faults(await report(planted))).toEqual([]);
    expect(faults(await report('good.jsonl'))).toEqual([]);
    expect(faults(await report('good.jsonl', 'odd name #1.jsonl'))).toEqual([]);
  });

  it('fails for a line that is not a number and for a result without a message', async () => {
    const broken = (await report(planted)) as { runs: [{ results: Record<string, unknown>[] }] };
    delete broken.runs[0].results[0]?.message;
    expect(faults(broken)).toEqual([expect.objectContaining({ keyword: 'required' })]);
  });
});
