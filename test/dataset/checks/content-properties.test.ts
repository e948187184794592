// What holds for every check of a row's content, whatever the text: no crash, no long time, fixes that fit and suffice.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check, ReportExtra, Spot } from '../../../src/dataset/checks/check.ts';
import { checks } from '../../../src/dataset/checks/index.ts';
import type { Example } from '../../../src/dataset/example.ts';
import { maskPrivateJson } from '../../../src/dataset/text/private-data.ts';
import type { Finding } from '../../../src/diagnostics/finding.ts';
import { arbitraryExample } from '../arbitrary-example.ts';
import { scanText } from '../scan-text.ts';
import { adversarialTexts } from './adversarial-texts.ts';

const content = checks.filter((check) => check.group === 'content' && check.run);

function runAll(example: Example): { check: Check; spot: Spot; extra: ReportExtra | undefined }[] {
  const found: { check: Check; spot: Spot; extra: ReportExtra | undefined }[] = [];
  for (const check of content) {
    const thresholds = Object.fromEntries(
      Object.entries(check.thresholds ?? {}).map(([name, threshold]) => [name, threshold.default]),
    );
    check.run?.(example, (spot, _, extra) => void found.push({ check, spot, extra }), thresholds, {});
  }
  return found;
}

const damaged = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ' ',
        '\n',
        '\r\n',
        '\r',
        '\u200b',
        '\ufeff',
        '\u00ad',
        'Ã©',
        'â€™',
        'caf',
        'Â',
        'ð\u009f\u0098\u0080',
      ),
      fc.constantFrom(
        '<noinput>',
        'N/A',
        'the',
        ' and ',
        '1 + 1 = 3',
        '```',
        '- a\n* b\n',
        'a@b.net',
        '555-867-5309',
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

describe('the checks of content', () => {
  it('take any example, and place their findings inside it', () => {
    fc.assert(
      fc.property(arbitraryExample, (example) => {
        for (const { spot, extra } of runAll(example)) {
          const message = example.messages[spot.message];
          expect(message).toBeDefined();
          const text = spot.field === 'content' ? message?.content : undefined;
          if (typeof text !== 'string' || spot.inside === undefined) continue;
          expect(spot.inside).toBeLessThanOrEqual(text.length);
          if (!extra?.fix) continue;
          expect(extra.fix.from).toBeGreaterThanOrEqual(0);
          expect(extra.fix.from).toBeLessThan(extra.fix.to);
          expect(extra.fix.to).toBeLessThanOrEqual(text.length);
        }
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  // Quadratic time on these would be minutes: the runner's own limit is the assertion.
  it.each(adversarialTexts(100_000).map((text) => ({ text, shown: JSON.stringify(text.slice(0, 24)) })))(
    'end soon on 100,000 units of $shown',
    ({ text }) => {
      runAll({
        messages: [
          { role: 'user', content: text },
          { role: 'assistant', content: text },
        ],
        meta: {},
      });
      runAll({
        messages: [
          { role: 'user', content: 'List two colours in the image.' },
          { role: 'assistant', content: text, reasoning_content: text },
        ],
        meta: {},
      });
      expect(maskPrivateJson(text).length).toBe(text.length);
    },
  );

  it('offer fixes that fit the raw row, and are silent once these are taken', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(damaged, damaged, damaged, async (instruction, input, output) => {
        let row = { instruction: `Say ${instruction}`, input, output: `Well ${output}` };
        const codes = new Set(['D109', 'D110', 'D124', 'D128', 'D102']);
        for (let round = 0; ; round += 1) {
          const { findings } = await scanText([{ text: JSON.stringify(row) }], { onError: 'refuse' });
          const fixable = findings.filter(({ fix }) => fix);
          for (const finding of fixable) expect(codes).toContain(finding.code);
          const [first] = fixable;
          if (!first) break;
          row = apply(row, first);
          taken += 1;
          const again = await scanText([{ text: JSON.stringify(row) }], { onError: 'refuse' });
          const same = again.findings.filter(
            ({ code, at, fix }) => fix && code === first.code && at?.pointer === first.at?.pointer,
          );
          expect(same).toEqual([]);
          expect(round).toBeLessThan(20);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

function apply<T extends Record<string, string>>(row: T, { at, fix }: Finding): T {
  const key = at?.pointer?.slice(1) ?? '';
  const text = row[key];
  if (text === undefined || !fix) throw new Error(`no text at ${at?.pointer}`);
  expect(fix.to).toBeLessThanOrEqual(text.length);
  return { ...row, [key]: text.slice(0, fix.from) + fix.text + text.slice(fix.to) };
}
