// From a refused launch to a reviewed run: the gate as a user meets it.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('the launch gate', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  const file = (name: string) => join(workspace.root, name);
  const train = (...args: string[]) => workspace.lorch(['train', 'configs/run.yaml', ...args]);

  it('refuses what nobody has read, with the command that opens it, and leaves no run', async () => {
    const planned = await workspace.lorch(['plan', 'configs/run.yaml']);
    expect(planned.exitCode, planned.stderr).toBe(0);
    expect(planned.stdout).toContain('not reviewed by a person');
    expect(planned.stdout).toContain('V020');
    const refused = await train();
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr.match(/V020/g)).toHaveLength(1);
    expect(refused.stderr).toContain('lorch data review datasets/tickets.jsonl --rows 50');
    expect((await workspace.lorch(['runs', '--json'])).json().runs).toEqual([]);
  });

  it('opens for a passed review, which the run keeps', async () => {
    const review = (...args: string[]) =>
      workspace.lorch(['data', 'review', 'datasets/tickets.jsonl', ...args]);
    expect((await review('--export', 'rows.csv')).exitCode).toBe(0);
    const sheet = readFileSync(file('rows.csv'), 'utf8');
    writeFileSync(file('filled.csv'), sheet.replaceAll(/,,,,\r\n/g, ',accept,,,\r\n'));
    const imported = await review('--import', 'filled.csv', '--reviewer', 'bea');
    expect(imported.exitCode, imported.stderr).toBe(0);
    expect(imported.stdout).toContain('50 verdicts by bea');
    const status = await review('--status', '--json');
    expect(status.exitCode).toBe(0);
    expect(status.json()).toMatchObject({ lorch: 1, rows: 64, rows_read: 50, defects: 0, passed: true });
    const trained = await train();
    expect(trained.exitCode, trained.stderr).toBe(0);
    const shown = await workspace.lorch(['show', '@last']);
    expect(shown.stdout).toContain('passed: 50 rows read by bea, 0 defects');
    const { plan } = (await workspace.lorch(['show', '@last', '--json'])).json() as { plan: Plan };
    expect(plan.review).toMatchObject({ state: 'passed', reason: null, gate: { uncovered_rows: 0 } });
    const report = readFileSync(file(`runs/${trained.stdout.trim()}/report.md`), 'utf8');
    expect(report).toContain('Review: passed: 50 rows read by bea');
  });

  it('shuts again when rows are added, and asks for reruns, but not for resumed runs', async () => {
    appendFileSync(
      file('datasets/tickets.jsonl'),
      '{"messages":[{"role":"user","content":"new"},{"role":"assistant","content":"row"}]}\n',
    );
    const refused = await train();
    expect([refused.exitCode, /V022/.test(refused.stderr)]).toEqual([1, true]);
    rmSync(file('datasets/tickets.jsonl.review.jsonl'));
    const rerun = await workspace.lorch(['rerun', '@last']);
    expect([rerun.exitCode, /V020/.test(rerun.stderr)]).toEqual([1, true]);
    const resumed = await workspace.lorch(['resume', '@last']);
    expect(resumed.stderr).not.toContain('V02');
    const excused = await workspace.lorch(['rerun', '@last', '--unreviewed', 'same rows as before']);
    expect(excused.exitCode, excused.stderr).toBe(0);
    const { plan } = (await workspace.lorch(['show', '@last', '--json'])).json() as { plan: Plan };
    expect(plan.review).toMatchObject({ state: 'unreviewed', reason: 'same rows as before' });
    expect(plan.findings.map(({ code }) => code)).toContain('P008');
  });

  it('says where a review needs a terminal, and what two options do not go together', async () => {
    const piped = await workspace.lorch(['data', 'review', 'datasets/tickets.jsonl']);
    expect([piped.exitCode, piped.stderr.includes('--export')]).toEqual([2, true]);
    const both = await workspace.lorch([
      'data',
      'review',
      'datasets/tickets.jsonl',
      '--status',
      '--findings',
    ]);
    expect([both.exitCode, both.stderr.includes('two things')]).toEqual([2, true]);
  });
});
