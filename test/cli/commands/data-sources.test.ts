// Where rows come from, as a user types it: kinds of files, stdin, the hub.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../../dataset/readers/read-bytes.ts';
import { type HubServer, startHub } from '../../fixtures/hub/hub-server.ts';
import { type CliOptions, runCli } from '../../run-cli.ts';

const commit = 'd'.repeat(40);
const dir = mkdtempSync(join(tmpdir(), 'lorch-sources-'));
const lines =
  '{"instruction":"Name a colour.","output":"Blue."}\n{"instruction":"Name a tree.","output":""}\n';
const csv = 'instruction,output\nName a colour.,Blue.\nName a tree.,\n';
let hub: HubServer;

beforeAll(async () => {
  hub = await startHub({
    'datasets/acme/rows': {
      commit,
      files: { 'data/train.csv': Buffer.from(csv), 'data/test.csv': Buffer.from(csv) },
    },
    'datasets/acme/gated': { commit, gated: true, files: { 'rows.jsonl': Buffer.from(lines) } },
  });
  writeFileSync(join(dir, 'rows.jsonl.gz'), gzipSync(lines));
  writeFileSync(join(dir, 'chat.parquet'), fixture('chat.parquet'));
});
afterAll(async () => {
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

const lorch = (args: string[], options: CliOptions = {}) =>
  runCli(args, {
    cwd: dir,
    env: { HOME: dir, HF_ENDPOINT: hub.url, TMPDIR: process.env.TMPDIR },
    ...options,
  });

describe('lorch data check -', () => {
  it.each([
    ['JSON lines', lines],
    ['an array', `[${lines.trim().replace('\n', ',')}]`],
    ['CSV', csv],
    ['gzip', gzipSync(lines)],
    ['CSV in gzip', gzipSync(csv)],
  ])('reads %s', async (_name, stdin) => {
    const { exitCode, json } = await lorch(['data', 'check', '-', '--json'], { stdin });
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject({ format: 'alpaca', ledger: { rows_in: 2, kept: 1, dropped: { D014: 1 } } });
  });

  it('reads zstd, Parquet and Parquet in gzip', async () => {
    const rows = async (stdin: Uint8Array) =>
      ((await lorch(['data', 'check', '-', '--json'], { stdin })).json().ledger as { rows_in: number })
        .rows_in;
    expect(await rows(fixture('lines.jsonl.zst'))).toBe(400);
    expect(await rows(fixture('chat.parquet'))).toBe(3);
    expect(await rows(gzipSync(fixture('chat.parquet')))).toBe(3);
  });
});

describe('files of several kinds', () => {
  it('are read as one dataset, and converted', async () => {
    const { json } = await lorch(['data', 'check', 'rows.jsonl.gz', 'chat.parquet', '--json']);
    expect(json()).toMatchObject({ format: 'mixed', rows: 5 });
    const converted = await lorch([
      'data',
      'convert',
      'chat.parquet',
      '--to',
      'chatml',
      '-o',
      '-',
      '--on-error',
      'drop',
    ]);
    expect(converted.stdout.trim().split('\n')).toHaveLength(2);
    expect(converted.stdout).toContain('"tool_calls"');
  });
});

describe('hf://', () => {
  it('is fetched, read, and shown with its commit; findings lead to lines of the file there', async () => {
    const { json, exitCode } = await lorch(['data', 'check', 'hf://datasets/acme/rows', '--json']);
    const label = `hf://datasets/acme/rows@${commit}/data/train.csv`;
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject({
      files: [{ path: label, rows: 2, bytes: csv.length }],
      findings: [{ code: 'D014', at: { file: label, line: 3, column: 14 } }],
    });
    const stats = await lorch(['data', 'stats', 'hf://datasets/acme/rows/data/*.csv', '--json'], {});
    expect(stats.json()).toMatchObject({ rows: 4 });
  });

  it('that cannot be had ends with a code, a hint and the exit code of its kind', async () => {
    const gated = await lorch(['data', 'check', 'hf://datasets/acme/gated']);
    expect([gated.exitCode, gated.stderr]).toEqual([
      2,
      expect.stringMatching(/D191[\s\S]*hint: accept them at/),
    ]);
    const missing = await lorch(['data', 'check', 'hf://datasets/acme/none']);
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('D190')]);
    const nowhere = await lorch(['data', 'check', 'hf://datasets/acme/rows'], {
      env: { HOME: dir, HF_ENDPOINT: 'http://127.0.0.1:9' },
    });
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([3, expect.stringContaining('E040')]);
  });
});
