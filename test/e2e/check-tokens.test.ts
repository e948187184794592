// Token findings stand among the others of `lorch data check`: in its reports, its baseline, its ledger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diagnostics/finding.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe('tokens in a check', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());
  const file = 'datasets/tickets.jsonl';
  const check = (...args: string[]) => workspace.lorch(['data', 'check', file, '--skip', 'D014', ...args]);

  it.skipIf(!python)('name each row that a length cuts, and count what is trained on', async () => {
    const args = ['--tokenizer', 'models/tiny', '--max-length', '24', '--json'];
    const { findings, counts, tokens, trained_tokens, ledger, rows } = (
      await check(...args, '--sarif', 'r.sarif')
    ).json() as {
      findings: Finding[];
      counts: Record<string, number>;
      tokens: number;
      trained_tokens: number;
      ledger: { kept: number; dropped: Record<string, number> };
      rows: number;
    };
    const cut = findings.filter(({ code }) => code === 'T010');
    expect(cut.length).toBeGreaterThan(10);
    expect(cut.every(({ at }) => at?.file === file && (at.line ?? 0) > 1)).toBe(true);
    expect(new Set(cut.map(({ at }) => at?.line)).size).toBe(cut.length);
    expect(counts.T010).toBe(cut.length);
    expect(tokens).toBeGreaterThan(trained_tokens);
    expect(trained_tokens).toBeGreaterThan(0);
    expect(ledger.kept + Object.values(ledger.dropped).reduce((sum, n) => sum + n, 0)).toBe(rows);
    // The row without an answer trains on nothing.
    const untrained = Object.keys(ledger.dropped).filter((code) => code.startsWith('T'));
    for (const code of untrained) expect(counts[code]).toBe(ledger.dropped[code]);

    await check(...args, '--write-baseline', 'b.baseline');
    const again = (await check(...args, '--baseline', 'b.baseline')).json() as { findings: Finding[] };
    expect(
      again.findings.filter(({ code, severity }) => code.startsWith('T') && severity !== 'note'),
    ).toEqual([]);
  });

  it('are skipped with a message without a Python environment; the rest is checked', async () => {
    await workspace.write('lorch.yaml', '');
    const { exitCode, stdout, stderr } = await check('--tokenizer', 'models/tiny');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('tokens are not counted');
    expect(stdout).toContain('66 rows: ');
    // An error of a row goes before.
    const faulty = await workspace.lorch(['data', 'check', file, '--tokenizer', 'models/tiny']);
    expect(faulty.exitCode).toBe(1);
    expect((await check('--max-length', '9')).exitCode).toBe(2);
  });
});
