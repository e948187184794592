// Whatever a file holds, every form of the report parses and its sums agree.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Log } from 'sarif';
import { afterAll, describe, expect, it } from 'vitest';
import { createFindingSpool } from '../../../../src/app/data/check/reports/finding-spool.ts';
import type { Finding } from '../../../../src/diagnostics/finding.ts';
import { runCli } from '../../../run-cli.ts';

const dir = await mkdtemp(join(tmpdir(), 'lorch-reports-'));
afterAll(() => rmSync(dir, { recursive: true }));

interface Totals {
  rows: number;
  counts: Record<string, number>;
  severities: Record<Finding['severity'], number>;
  ledger: { rows_in: number; kept: number; fixed: number; dropped: Record<string, number> };
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

function expectSums({ rows, counts, severities, ledger }: Totals, findings: readonly Finding[]): void {
  expect(ledger.rows_in).toBe(rows);
  expect(ledger.kept + sum(ledger.dropped)).toBe(rows);
  expect(sum(counts)).toBe(findings.length);
  expect(sum(severities)).toBe(findings.length);
  for (const [code, count] of Object.entries(counts))
    expect(findings.filter((each) => each.code === code)).toHaveLength(count);
  const ranks = findings.map(({ severity }) => ['error', 'warning', 'note'].indexOf(severity));
  expect(ranks.every((rank) => rank >= 0)).toBe(true);
}

const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'Hello.',
    '<|im_end|>',
    '</script>',
    '\u0000',
    '\ud800',
    '\u202e',
    'x'.repeat(300),
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const value = fc.oneof(text, fc.constant(null), fc.integer(), fc.array(text, { maxLength: 2 }));
const row = fc.oneof(
  { weight: 5, arbitrary: fc.record({ instruction: text, input: value, output: value }) },
  fc.record({ messages: fc.array(fc.record({ role: text, content: value }), { maxLength: 4 }) }),
  fc.dictionary(text, value, { maxKeys: 4 }),
  value,
);
const line = fc.oneof(
  { weight: 8, arbitrary: row.map((each) => JSON.stringify(each)) },
  text,
  fc.constantFrom(
    '{oops',
    '[',
    ']',
    '{"a":1},',
    '{"instruction":"a","instruction":"b","output":"c"}',
    '\xff',
  ),
);

describe('reports of any file', () => {
  it('as JSON, NDJSON, SARIF and HTML agree with one another and with the ledger', async () => {
    const file = join(dir, 'rows.jsonl');
    const reports = ['--html', join(dir, 'r.html'), '--sarif', join(dir, 'r.sarif')];
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (lines, array) => {
        writeFileSync(file, array ? `[${lines.join(',')}]` : lines.join('\n'), 'latin1');
        const result = await runCli(['data', 'check', file, '--json', ...reports], { cwd: dir });
        const { findings, ...totals } = result.json() as unknown as Totals & { findings: Finding[] };
        expectSums(totals, findings);
        expect(result.exitCode).toBe(totals.severities.error > 0 ? 1 : 0);
        // No row is lost without a word.
        for (const code of Object.keys(totals.ledger.dropped))
          expect(Object.keys(totals.counts)).toContain(code);

        const stream = await runCli(['data', 'check', file, '--ndjson'], { cwd: dir });
        const streamed = stream.stdout
          .trimEnd()
          .split('\n')
          .map((each) => JSON.parse(each) as Finding);
        expectSums(streamed.pop() as unknown as Totals, streamed);
        expect(new Set(streamed.map((each) => JSON.stringify(each)))).toEqual(
          new Set(findings.map((each) => JSON.stringify(each))),
        );

        const sarif = JSON.parse(readFileSync(join(dir, 'r.sarif'), 'utf8')) as Log;
        const results = sarif.runs[0]?.results ?? [];
        expect(results).toHaveLength(findings.length);
        for (const { ruleId, ruleIndex, locations } of results) {
          expect(sarif.runs[0]?.tool.driver.rules?.[ruleIndex ?? -1]?.id).toBe(ruleId);
          const region = locations?.[0]?.physicalLocation?.region;
          if (region) expect(Math.min(region.startLine ?? 1, region.startColumn ?? 1)).toBeGreaterThan(0);
        }
        const html = readFileSync(join(dir, 'r.html'), 'utf8');
        expect(html.match(/<article>/g) ?? []).toHaveLength(findings.length);
        expect(html.match(/<script/g)).toHaveLength(1);
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});

describe('the spool of findings', () => {
  it('gives the same lines in the same order, in memory or through files', async () => {
    const entries = fc.array(
      fc.tuple(fc.constantFrom('D001', 'D002', 'D003'), fc.string({ unit: 'binary' })),
    );
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 0, max: 200 }), async (all, limit) => {
        const spool = createFindingSpool(limit);
        for (const [code, each] of all) void spool.add(code, JSON.stringify(each));
        for (const code of ['D001', 'D002', 'D003']) {
          const lines: string[] = [];
          for await (const each of spool.read(code)) lines.push(each);
          expect(lines).toEqual(all.filter(([of]) => of === code).map(([, each]) => JSON.stringify(each)));
        }
        await spool.dispose();
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
