// Every check's own examples: the bad ones yield that code and no other, where they say; the good ones yield nothing.
import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/dataset/checks/index.ts';
import { scanText } from '../scan-text.ts';

// Raised by more than one file or by other means; their tests stand beside what raises them.
const testedElsewhere = [
  'D004',
  'D051',
  'D052',
  'D062',
  'D157',
  'D160',
  'D161',
  'D162',
  'D163',
  'D164',
  'D170',
  'D171',
  'D177',
  'D178',
  'D212',
  'D217',
  'D219',
  'D230',
  'D231',
];

describe.each(checks.map((check) => ({ check, id: `${check.code} ${check.name}` })))('$id', ({ check }) => {
  it.each(check.bad.map((example, i) => ({ example, i })))(
    'finds bad example $i and only that',
    async ({ example }) => {
      const { findings } = await scanText(
        [{ text: example.text, ...(example.file && { label: example.file }) }],
        { format: example.format ?? 'auto' },
      );
      const [finding] = findings;
      expect([...new Set(findings.map(({ code }) => code))]).toEqual([check.code]);
      expect(finding).toMatchObject({ name: check.name, severity: check.severity });
      expect(finding?.hint).toBeTruthy();
      if (example.pointer !== undefined) expect(finding?.at?.pointer ?? '').toBe(example.pointer);
    },
  );

  it.each(check.good.map((text, i) => ({ text, i })))('is silent on good example $i', async ({ text }) => {
    expect((await scanText(text)).findings).toEqual([]);
  });

  it('has a bad example', () => {
    expect(check.bad.length > 0 || testedElsewhere.includes(check.code)).toBe(true);
  });
});

describe('the list of checks', () => {
  it('has every code and name once, in order', () => {
    const codes = checks.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    for (const { code, name } of checks) expect(`${code} ${name}`).toMatch(/^D\d{3} [a-z0-9-]+$/);
  });
});
