// What `accept:` of a config does to findings.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diagnostics/finding.ts';
import { acceptableCodes, acceptFindings } from '../../src/run/accept.ts';

const memory: Finding = {
  code: 'P020',
  name: 'memory-too-small',
  severity: 'error',
  message: 'too small',
  hint: 'a larger GPU',
  data: { gpu: 'x' },
};
const advice: Finding = { code: 'A004', name: 'attention-only', severity: 'note', message: 'attention' };

describe('accepted findings', () => {
  it('stay as notes with the reason, and keep what they knew', () => {
    const [findings] = acceptFindings([
      { findings: [memory, advice], accept: { P020: ' offloaded by hand ' } },
    ]);
    expect(findings).toEqual([
      {
        ...memory,
        severity: 'note',
        hint: 'accepted: offloaded by hand',
        data: { gpu: 'x', accepted: 'offloaded by hand' },
      },
      advice,
    ]);
  });

  it('that did not arise are noted, so that the line can go', () => {
    const [findings] = acceptFindings([{ findings: [advice], accept: { A008: 'large on purpose' } }]);
    expect(findings).toMatchObject([
      { code: 'A004' },
      { code: 'P040', severity: 'note', data: { code: 'A008' } },
    ]);
  });

  it('of a sweep need arise in one run only', () => {
    const accept = { A004: 'baseline' };
    const [first, second] = acceptFindings([
      { findings: [advice], accept },
      { findings: [], accept },
    ]);
    expect(first).toMatchObject([{ code: 'A004', data: { accepted: 'baseline' } }]);
    expect(second).toEqual([]);
  });

  it('may be advice, memory and a template without end of turn alone', () => {
    expect(acceptableCodes.filter((code) => !/^A\d{3}$/.test(code))).toEqual(['P020', 'P021', 'T014']);
  });
});
