import { appendFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../../src/app/review/review-session.ts';
import { alpacaRows, honest, makeReviewFolder, type ReviewFolder } from './review-folder.ts';

let folder: ReviewFolder;
beforeEach(async () => {
  folder = await makeReviewFolder();
});
afterEach(() => folder.remove());

describe('a review', () => {
  it('shows each row of the order once, and knows when the limit is met', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 300));
    const shown = new Set<string>();
    const session = await folder.review('a.jsonl', (row) => {
      shown.add(row.fingerprint);
      return 'accept';
    });
    expect(shown.size).toBe(50);
    const { read, bound, passed, moreClean } = session.judgement();
    expect([read, bound.toFixed(3), passed, moreClean]).toEqual([50, '0.058', true, 0]);
    const positions = (await folder.log('a.jsonl')).flatMap((entry) =>
      entry.type === 'verdict' ? [entry.position] : [],
    );
    expect(positions).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('has every verdict on disk before the next row shows', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 60));
    const session = await openSession(folder.request('a.jsonl'));
    session.accept();
    expect((await folder.log('a.jsonl')).map(({ type }) => type)).toEqual(['draw', 'verdict']);
    session.reject('too-generic', 'says nothing');
    expect((await folder.log('a.jsonl')).at(-1)).toMatchObject({
      type: 'verdict',
      verdict: 'reject',
      reason: 'too-generic',
      note: 'says nothing',
      reviewer: 'ann',
      position: 1,
    });
    session.close();
  });

  it('continues where a killed one stopped, even after an incomplete line', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    const killed = await openSession(folder.request('a.jsonl'));
    for (let i = 0; i < 7; i += 1) killed.accept();
    const next = killed.current()?.fingerprint;
    await appendFile(folder.path('a.jsonl.review.jsonl'), '{"v":1,"id":"torn","at_ms":1,"revi');
    const resumed = await openSession(folder.request('a.jsonl'));
    expect(resumed.current()?.fingerprint).toBe(next);
    expect(resumed.position()).toBe(7);
    resumed.accept();
    expect((await folder.log('a.jsonl')).filter(({ type }) => type === 'verdict').length).toBe(8);
    resumed.close();
    killed.close();
  });

  it('shows skipped rows again and counts them as defects until then', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    const session = await folder.review('a.jsonl', (_row, n) => (n === 3 || n === 9 ? 'skip' : 'accept'));
    expect(session.judgement()).toMatchObject({
      read: 48,
      open: 2,
      sample: { rows: 50, defects: 2 },
      passed: false,
    });
    let again = 0;
    const second = await folder.review('a.jsonl', () => {
      again += 1;
      return 'accept';
    });
    expect(again).toBe(2);
    expect(second.judgement()).toMatchObject({ read: 50, open: 0, passed: true });
  });

  it('takes back verdicts without limit, over sessions, and shows their rows again', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', () => 'accept', { rows: 20 });
    const session = await openSession(folder.request('a.jsonl', { rows: 20 }));
    for (let i = 19; i >= 0; i -= 1) {
      expect(await session.undo()).toBe('accept');
      expect(session.position()).toBe(i);
    }
    expect(await session.undo()).toBe(null);
    expect(session.judgement()).toMatchObject({ read: 0, sample: { rows: 0 } });
    session.close();
  });

  it('draws more rows of the same order when asked', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    const session = await openSession(folder.request('a.jsonl', { rows: 3 }));
    for (let i = 0; i < 3; i += 1) session.accept();
    expect(session.current()).toBe(null);
    await session.more(2);
    expect(session.position()).toBe(3);
    session.close();
  });

  it('lets two reviewers read the same rows, blind to each other, and counts where they differ as defects', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', () => 'accept');
    await folder.review('a.jsonl', (_row, n) => (n < 2 ? 'wrong' : 'accept'), { reviewer: 'bob' });
    const status = await folder.status('a.jsonl');
    expect(status.judgement).toMatchObject({ read: 50, disputed: 2, sample: { defects: 2 }, passed: false });
    expect(status.agreement.pairs[0]).toMatchObject({ rows: 50, agreement: 0.96, kappa: 0 });
    const settled = await folder.review('a.jsonl', () => 'accept', { what: 'disputes', reviewer: 'lead' });
    expect(settled.judgement()).toMatchObject({ disputed: 0, passed: true });
  });

  it('reads rows that a check found without counting them, and measures the check', async () => {
    // Half the rows end in the middle of the conversation: a finding that keeps the row.
    const rows = Array.from({ length: 300 }, (_, n) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: `Question ${n}` },
          { role: 'assistant', content: `Answer ${n}` },
          ...(n % 2 ? [{ role: 'user', content: 'And now?' }] : []),
        ],
      }),
    ).join('\n');
    await folder.write('a.jsonl', rows);
    const session = await folder.review(
      'a.jsonl',
      (row) => (row.findings.length > 0 ? 'truncated' : 'accept'),
      {
        what: 'findings',
        rows: 30,
      },
    );
    expect(session.given()).toBe(30);
    expect(session.judgement()).toMatchObject({ read: 0, sample: { rows: 0, defects: 0 } });
    const { checks } = await folder.status('a.jsonl');
    expect(checks.map(({ code, rows: n, defects }) => [code, n, defects])).toEqual([['D023', 30, 30]]);
  });

  it('reads several files as one dataset', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 100));
    await folder.write('b.jsonl', alpacaRows(100, 200));
    const files = new Set<string>();
    await folder.review(['a.jsonl', 'b.jsonl'], (row) => {
      files.add(row.place.file);
      return 'accept';
    });
    expect([...files].sort()).toEqual(['a.jsonl', 'b.jsonl']);
    expect((await folder.status(['a.jsonl', 'b.jsonl'])).judgement.passed).toBe(true);
    expect((await folder.status('a.jsonl')).judgement).toMatchObject({ read: 0, passed: false });
  });

  it('reads small datasets whole and gives the exact rate', async () => {
    await folder.write(
      'a.jsonl',
      alpacaRows(0, 30, (n) => n < 3),
    );
    const partly = await folder.review('a.jsonl', honest, { rows: 29 });
    expect(partly.judgement()).toMatchObject({ mode: 'sample', passed: false, moreClean: 1 });
    const whole = await folder.review('a.jsonl', honest);
    expect(whole.judgement()).toMatchObject({ mode: 'exact', bound: 0.1, passed: true });
  });
});

describe('an edit', () => {
  it('replaces the row, is a defect, and must be a good row that is not there yet', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 60));
    const session = await openSession(folder.request('a.jsonl'));
    const row = session.current();
    expect(session.edit('{"instruction": nothing').outcome).toBe('refused');
    expect(session.edit('{"instruction":"Q","output":""}')).toMatchObject({
      outcome: 'refused',
      findings: [{ code: 'D014' }],
    });
    expect(session.edit(row?.text ?? '').outcome).toBe('unchanged');
    const twin = (await folder.read('a.jsonl')).split('\n').find((line) => line !== row?.text) ?? '';
    expect(session.edit(twin)).toMatchObject({ outcome: 'refused' });
    expect(session.current()).toBe(row);
    expect(session.edit('{\n  "instruction": "Q",\n  "output": "Better {}" \n}\n').outcome).toBe('changed');
    expect((await folder.log('a.jsonl')).at(-1)).toMatchObject({
      verdict: 'edit',
      edit: { text: '{"instruction":"Q","output":"Better {}"}' },
    });
    expect(session.judgement()).toMatchObject({ read: 1, sample: { defects: 1 } });
    session.close();
  });
});

describe('a log that cannot be read', () => {
  const path = () => folder.path('a.jsonl.review.jsonl');

  it('stops everything where a line in the middle is broken: it could be a rejection', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 60));
    await folder.review('a.jsonl', () => 'accept', { rows: 3 });
    const lines = (await folder.read('a.jsonl.review.jsonl')).split('\n');
    await writeFile(path(), ['<<<<<<< ours', ...lines].join('\n'));
    await expect(openSession(folder.request('a.jsonl'))).rejects.toMatchObject({ code: 'V004' });
    await expect(folder.status('a.jsonl')).rejects.toThrow('a.jsonl.review.jsonl:1');
  });

  it('is left alone where a newer version wrote it', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 60));
    await writeFile(path(), '{"v":2}\n{}\n');
    await expect(folder.status('a.jsonl')).rejects.toMatchObject({ code: 'V005' });
  });

  it('gets its last newline back where only that is missing', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 60));
    await folder.review('a.jsonl', () => 'accept', { rows: 3 });
    const text = await folder.read('a.jsonl.review.jsonl');
    await writeFile(path(), text.trimEnd());
    await folder.review('a.jsonl', () => 'accept', { rows: 4 });
    expect((await folder.log('a.jsonl')).filter(({ type }) => type === 'verdict').length).toBe(4);
  });
});

describe('rows whose fields a user describes', () => {
  it('are reviewed, edited and counted as rows of a named format are', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => `{"q":"Question ${n}?","a":"Answer ${n}."}`).join('\n');
    await folder.write('a.jsonl', rows);
    const mapping = { prompt: 'q', answer: 'a' };
    const session = await folder.review(
      'a.jsonl',
      (_row, n) => (n === 0 ? { edit: '{"q":"Q","a":"A"}' } : 'accept'),
      { format: mapping },
    );
    expect(session.judgement()).toMatchObject({ read: 50, sample: { defects: 1 }, passed: true });
    expect((await folder.log('a.jsonl'))[0]).toMatchObject({ type: 'draw', format: mapping });
  });
});
