import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/run/events.ts';

const golden = readFileSync(new URL('../fixtures/protocol/events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

describe('the event protocol', () => {
  it('reads every line of the golden file, one of each type', () => {
    const parsed = golden.map((line) => parseEvent(line));
    expect(parsed.filter((each) => !each.ok)).toEqual([]);
    const types = parsed.map((each) => (each.ok ? each.event.type : ''));
    expect(new Set(types).size).toBe(12);
  });

  it('turns the strings for non-finite numbers back into numbers', () => {
    const [nan, infinite] = [parseEvent(golden[4] ?? ''), parseEvent(golden[5] ?? '')];
    expect(nan.ok && nan.event.type === 'step' && nan.event.metrics.grad_norm).toBeNaN();
    expect(infinite.ok && infinite.event.type === 'step' && infinite.event.metrics.loss).toBe(Infinity);
  });

  it('says what is wrong with a line it cannot read, and never throws', () => {
    expect(parseEvent('{"v":1,"seq"')).toMatchObject({ ok: false });
    expect(parseEvent('{"v":2,"seq":0,"t":1,"type":"hello"}')).toMatchObject({ ok: false });
    const unknown = parseEvent('{"v":1,"seq":0,"t":1,"type":"coffee"}');
    expect(!unknown.ok && unknown.reason).toContain('type');
  });

  it('takes a step that is written as usual, or unlike it, just as the schema does', () => {
    const step = { ...JSON.parse(golden[4] ?? ''), metrics: { loss: 1.5 } };
    expect(step.type).toBe('step');
    const twisted = [
      0,
      -1,
      1.5,
      -0,
      2 ** 53,
      9e15,
      true,
      null,
      'NaN',
      '1',
      [],
      [1],
      {},
      { a: 1 },
      { a: 'NaN' },
    ];
    const values = [
      ...twisted.map((value) => JSON.stringify(value)),
      '1e400',
      '{"__proto__":1}',
      '{"a":1e400}',
    ];
    for (const key of Object.keys(step))
      for (const value of [...values, undefined]) {
        const others = Object.entries(step).filter(([name]) => name !== key);
        const members = others.map(([name, each]) => `"${name}":${JSON.stringify(each)}`);
        if (value !== undefined) members.push(`"${key}":${value}`);
        // With a key more it is never as usual, and the schema drops that key.
        const [short, long] = [parseEvent(`{${members}}`), parseEvent(`{${members},"more":1}`)];
        expect(short.ok ? short.event : false, `${key}: ${value}`).toEqual(long.ok ? long.event : false);
      }
  });
});
