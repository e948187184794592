// What a review says of a dataset that changed since. The rule: docs/review.md.
import { readdir, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishReview } from '../../../src/app/review/finish-review.ts';
import { upperBound } from '../../../src/dataset/review/clopper-pearson.ts';
import { alpacaRows, honest, isBad, makeReviewFolder, type ReviewFolder } from './review-folder.ts';

let folder: ReviewFolder;
beforeEach(async () => {
  folder = await makeReviewFolder();
});
afterEach(() => folder.remove());

const tenth = (n: number) => n % 10 === 0;
const lines = async (name: string) => (await folder.read(name)).split('\n').filter((line) => line !== '');

/** Reviews 50 rows of a dataset of which a tenth is bad; gives the rejected rows' lines. */
async function reviewed(rows = 600): Promise<string[]> {
  await folder.write('a.jsonl', alpacaRows(0, rows, tenth));
  const rejected: string[] = [];
  await folder.review('a.jsonl', (row) => {
    if (isBad(row)) rejected.push(row.text);
    return honest(row, 0);
  });
  return rejected;
}

describe('a changed dataset', () => {
  it('is the same one in another order', async () => {
    const rejected = await reviewed();
    const before = (await folder.status('a.jsonl')).judgement;
    expect(before.sample).toMatchObject({ rows: 50, defects: rejected.length });
    await folder.write('a.jsonl', `${(await lines('a.jsonl')).reverse().join('\n')}\n`);
    expect((await folder.status('a.jsonl')).judgement).toEqual(before);
  });

  it('keeps its defects where only the bad rows that were found are removed', async () => {
    const rejected = await reviewed();
    expect(rejected.length).toBeGreaterThan(4);
    const before = await folder.status('a.jsonl');
    await folder.write(
      'a.jsonl',
      `${(await lines('a.jsonl')).filter((line) => !rejected.includes(line)).join('\n')}\n`,
    );
    const after = await folder.status('a.jsonl');
    expect(after.version).toBe(before.version);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(after.judgement).toMatchObject({ read: 50, sample: before.judgement.sample, passed: false });
    // Reading on continues the same order: nobody draws again.
    let read = 0;
    await folder.review(
      'a.jsonl',
      (row) => {
        read += 1;
        return honest(row, 0);
      },
      { rows: 60 },
    );
    expect(read).toBe(10);
  });

  it('keeps earlier defects on the scale where one row is added to get another draw', async () => {
    const rejected = await reviewed();
    const kept = (await lines('a.jsonl')).filter((line) => !rejected.includes(line));
    await folder.write('a.jsonl', `${kept.join('\n')}\n${alpacaRows(9000, 9001)}`);
    const before = (await folder.status('a.jsonl')).judgement;
    expect(before).toMatchObject({ read: 0, passed: false });
    // Even a reviewer who now finds nothing does not get through.
    const session = await folder.review('a.jsonl', () => 'accept');
    const { sample, pooled, bound, passed } = session.judgement();
    expect(sample).toMatchObject({ rows: 50, defects: 0 });
    expect(pooled?.defects).toBe(rejected.length);
    expect(bound).toBe(upperBound(rejected.length, pooled?.rows ?? 0));
    expect(passed).toBe(false);
    expect(pooled?.rows).toBeGreaterThan(90);
  });

  it('does not count defects that a rule removed, as the unread rows show', async () => {
    const rejected = await reviewed(2000);
    expect(rejected.length).toBeGreaterThan(1);
    // Every bad row leaves, read or not, and some row comes: another version, really cleaned.
    const kept = (await lines('a.jsonl')).filter((line) => !line.includes('BAD'));
    await folder.write('a.jsonl', `${kept.join('\n')}\n${alpacaRows(9000, 9001)}`);
    const session = await folder.review('a.jsonl', honest);
    const { pooled, passed } = session.judgement();
    expect(pooled?.defects ?? 9).toBeLessThanOrEqual(2);
    expect(passed).toBe(true);
  });

  it('does not lend its good name to rows that were added to it', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', honest, { rows: 149 });
    expect((await folder.status('a.jsonl')).judgement.passed).toBe(true);
    await folder.write('a.jsonl', alpacaRows(0, 200) + alpacaRows(200, 400, () => true));
    expect((await folder.status('a.jsonl')).judgement).toMatchObject({ read: 0, passed: false });
    const session = await folder.review('a.jsonl', honest);
    expect(session.judgement().sample.defects).toBeGreaterThan(10);
    expect(session.judgement().passed).toBe(false);
  });

  it('does not show a row of both versions twice', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 80));
    await folder.review('a.jsonl', honest, { rows: 80 });
    await folder.write('a.jsonl', alpacaRows(0, 90));
    const read: string[] = [];
    const session = await folder.review(
      'a.jsonl',
      (row) => {
        read.push(row.text);
        return honest(row, 0);
      },
      { rows: 90 },
    );
    expect(read.every((text) => /number 8\d/.test(text))).toBe(true);
    expect(read.length).toBe(10);
    expect(session.judgement()).toMatchObject({ mode: 'exact', bound: 0, passed: true });
  });

  it('counts rows that were judged before also where they end what was to be read', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 80));
    await folder.review('a.jsonl', honest);
    for (let more = 81; more < 89; more += 1) {
      await folder.write('a.jsonl', alpacaRows(0, more));
      await folder.review('a.jsonl', honest);
      const { judgement } = await folder.status('a.jsonl');
      expect(judgement.read).toBeGreaterThanOrEqual(50);
      expect(judgement.passed).toBe(true);
    }
  });

  it('counts every row that was removed after a skip', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    const skipped: string[] = [];
    await folder.review('a.jsonl', (row, n) => {
      if (n !== 5) return 'accept';
      skipped.push(row.text);
      return 'skip';
    });
    const kept = (await lines('a.jsonl')).filter((line) => !skipped.includes(line));
    await folder.write('a.jsonl', `${kept.join('\n')}\n`);
    expect((await folder.status('a.jsonl')).judgement).toMatchObject({
      open: 1,
      sample: { rows: 50, defects: 1 },
    });
  });
});

describe('a finished review', () => {
  const finish = (out: string, name: string | string[] = 'a.jsonl') =>
    finishReview({ ...folder.request(name), out: folder.path(out) });

  it('leaves out what was rejected, puts in what was edited, and copies the rest byte for byte', async () => {
    const odd =
      '{ "instruction" : "caf\\u00e9?",   "input":"", "output":"12345678901234567890 and 1.0" , "n": 1.0}';
    await folder.write(
      'a.jsonl',
      `${alpacaRows(0, 58, (n) => n === 7)}${odd}\n{"instruction":"x","output":""}\n${alpacaRows(3, 4)}`,
    );
    await folder.review(
      'a.jsonl',
      (row) =>
        isBad(row)
          ? 'wrong'
          : row.text.includes('number 9?')
            ? { edit: row.text.replace('Good', 'Better') }
            : 'accept',
      { rows: 59 },
    );
    const finished = await finish('b.jsonl');
    expect(finished).toMatchObject({
      rows_in: 61,
      kept: 58,
      fixed: 1,
      dropped: { V040: 1, D014: 1, D050: 1 },
      covered: true,
    });
    const expected = (await lines('a.jsonl'))
      .slice(0, 59)
      .filter((line) => !line.includes('BAD'))
      .map((line) => (line.includes('number 9?') ? line.replace('Good', 'Better') : line));
    expect(await lines('b.jsonl')).toEqual(expected);
    const ledger = (await lines('b.jsonl.ledger.jsonl')).map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(ledger.map(({ row }) => row)).toEqual(Array.from({ length: 61 }, (_, i) => i));
    expect(ledger.filter(({ fate }) => fate !== 'kept')).toMatchObject([
      { row: 7, fate: 'dropped', code: 'V040', reason: 'wrong', line: 8, file: 'a.jsonl' },
      { row: 9, fate: 'fixed', code: 'V041' },
      { row: 59, fate: 'dropped', code: 'D014' },
      { row: 60, fate: 'dropped', code: 'D050' },
    ]);
    const lineage = JSON.parse(await folder.read('b.jsonl.lineage.json')) as Record<string, unknown>;
    expect(lineage).toMatchObject({
      rows: 58,
      fingerprint: (await folder.status('b.jsonl')).fingerprint,
      ledger: { kept: 58, fixed: 1 },
      review: {
        removed: [{ reason: 'wrong' }],
        edited: [{}],
        parent_fingerprint: (await folder.status('a.jsonl')).fingerprint,
      },
    });
  });

  it('is covered by the same review, which continues beside the new version', async () => {
    await folder.write(
      'a.jsonl',
      alpacaRows(0, 300, (n) => n % 40 === 0),
    );
    const session = await folder.review('a.jsonl', (row) =>
      isBad(row)
        ? 'wrong'
        : row.text.includes('number 1')
          ? { edit: row.text.replace('Good', 'Fine') }
          : 'accept',
    );
    const before = session.judgement();
    expect((await finish('b.jsonl')).covered).toBe(true);
    const after = (await folder.status('b.jsonl')).judgement;
    expect(after).toEqual(before);
    expect((await folder.status('b.jsonl')).version).toBe((await folder.status('a.jsonl')).version);
    await folder.review('b.jsonl', honest, { rows: 60 });
    expect((await folder.status('b.jsonl')).judgement.read).toBe(60);
  });

  it('is perfect where every row was read', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 40, tenth));
    await folder.review('a.jsonl', honest);
    await finish('b.jsonl');
    expect((await folder.status('b.jsonl')).judgement).toMatchObject({
      mode: 'exact',
      bound: 0,
      passed: true,
    });
  });

  it('writes arrays and joins files, and never overwrites', async () => {
    await folder.write(
      'a.json',
      `[\n  {"instruction": "one",\n   "output": "1"},\n  {"instruction": "two", "output": "2"}\n]`,
    );
    await folder.write('b.jsonl', alpacaRows(0, 3));
    await folder.review(['a.json', 'b.jsonl'], (row) => (row.text.includes('two') ? 'duplicate' : 'accept'));
    await finish('c.json', ['a.json', 'b.jsonl']);
    const rows = JSON.parse(await folder.read('c.json')) as Record<string, unknown>[];
    expect(rows.map(({ output }) => output)).toEqual(['1', ...[0, 1, 2].map((n) => `Good answer ${n}.`)]);
    expect(await folder.read('c.json')).toContain('{"instruction": "one",\n   "output": "1"}');
    expect((await folder.status('c.json')).judgement).toMatchObject({ mode: 'exact', passed: true });
    await finish('d.jsonl', ['a.json', 'b.jsonl']);
    expect((await lines('d.jsonl'))[0]).toBe('{"instruction": "one", "output": "1"}');
    await expect(finish('c.json', ['a.json', 'b.jsonl'])).rejects.toMatchObject({ code: 'D095' });
    await folder.write('e.jsonl.ledger.jsonl', 'mine');
    await expect(finish('e.jsonl', ['a.json', 'b.jsonl'])).rejects.toMatchObject({ code: 'D095' });
    await expect(folder.read('e.jsonl')).rejects.toThrow('ENOENT');
    expect((await readdir(folder.path('.'))).filter((name) => name.includes('.partial'))).toEqual([]);
    await expect(finish('f.csv', ['a.json', 'b.jsonl'])).rejects.toMatchObject({ code: 'V011' });
  });

  it('reads tables and packed files too, and writes their rows as JSON', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => `"Question ${n}, please?",Answer ${n}.\n`).join('');
    await folder.write('t.csv', `instruction,output\n${rows}`);
    await writeFile(folder.path('p.jsonl.gz'), gzipSync(alpacaRows(0, 60)));
    for (const name of ['t.csv', 'p.jsonl.gz']) {
      await folder.review(name, (_row, n) => (n === 0 ? 'other' : 'accept'));
      expect(await finish(`${name}.jsonl`, name)).toMatchObject({
        kept: 59,
        dropped: { V040: 1 },
        covered: true,
      });
      expect((await folder.status(`${name}.jsonl`)).judgement).toMatchObject({ read: 50, passed: true });
    }
    expect(JSON.parse((await lines('t.csv.jsonl'))[0] ?? '')).toMatchObject({
      output: expect.stringContaining('Answer'),
    });
  });

  it('waits for disputes to be settled', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 60));
    await folder.review('a.jsonl', () => 'accept', { rows: 5 });
    await folder.review('a.jsonl', () => 'wrong', { rows: 1, reviewer: 'bob' });
    await expect(finish('b.jsonl')).rejects.toMatchObject({ code: 'V010' });
    await folder.review('a.jsonl', () => 'wrong', { what: 'disputes' });
    expect((await finish('b.jsonl')).dropped).toEqual({ V040: 1 });
  });
});
