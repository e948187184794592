// Check settings beside a dataset go with what is made of it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertDataset } from '../../../src/app/data/convert-dataset.ts';
import { sampleDataset } from '../../../src/app/data/sample-dataset.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lorch-settings-'));
  await put('a.jsonl', `${JSON.stringify({ instruction: 'What is 2 + 2?', output: '4' })}\n`);
  await put('b.jsonl', `${JSON.stringify({ instruction: 'What is 3 + 3?', output: '6' })}\n`);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFile(join(dir, name), text);
const get = (name: string) => readFile(join(dir, name), 'utf8').catch(() => null);
const asked = (patterns: string[]) => ({
  cwd: dir,
  env: {},
  format: 'auto',
  patterns,
  stdin: Readable.from([]),
  madeBy: { command: 'data test', version: '0', atMs: 0 },
});
const sample = (patterns: string[]) =>
  sampleDataset({ ...asked(patterns), count: 5, stratify: null, out: join(dir, 'out.jsonl') });

describe('The settings beside a dataset', () => {
  it('are copied with their comments', async () => {
    const text = '# agreed with the reviewers\nnear-empty-answer: off\n';
    await put('a.jsonl.checks.yaml', text);
    await sample(['a.jsonl']);
    expect(await get('out.jsonl.checks.yaml')).toBe(text);
  });

  it('of several files are joined', async () => {
    await put('a.jsonl.checks.yaml', 'near-empty-answer: off\n');
    await put('b.jsonl.checks.yaml', 'D104: { severity: note }\n');
    await sample(['a.jsonl', 'b.jsonl']);
    const text = await get('out.jsonl.checks.yaml');
    expect(text).toContain('joined from a.jsonl.checks.yaml, b.jsonl.checks.yaml');
    expect(text).toMatch(/D101:\s+severity: "off"/);
    expect(text).toContain('D104');
  });

  it('never overwrite settings beside the output', async () => {
    await put('a.jsonl.checks.yaml', 'near-empty-answer: off\n');
    await put('out.jsonl.checks.yaml', 'refusal: off\n');
    await sample(['a.jsonl']);
    expect(await get('out.jsonl.checks.yaml')).toBe('refusal: off\n');
  });

  it('are not made up where there are none, nor left where nothing was written', async () => {
    await sample(['a.jsonl']);
    expect(await get('out.jsonl.checks.yaml')).toBe(null);
    await put('c.jsonl', '{"instruction":"What is it?","output":""}\n');
    await put('c.jsonl.checks.yaml', 'refusal: off\n');
    const refused = await convertDataset({
      ...asked(['c.jsonl']),
      to: 'chatml',
      out: join(dir, 'd.jsonl'),
      write: () => undefined,
      onError: 'refuse',
      allowLoss: false,
    });
    expect(refused.done).toBe(false);
    expect(await get('d.jsonl.checks.yaml')).toBe(null);
  });
});
