import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExitFile } from '../../src/run/attempt-files.ts';
import type { RunEventOf } from '../../src/run/events.ts';
import { classifyFailure, type FailedAttempt } from '../../src/run/failure.ts';
import { failureRules, ruleForCode } from '../../src/run/failure-rules.ts';
import { decideOutcome } from '../../src/run/outcome.ts';

const exit = (changes: Partial<ExitFile>): ExitFile => ({
  by: 'shim',
  code: null,
  signal: null,
  error: null,
  asked: null,
  t: 1,
  ...changes,
});

const end = (outcome: 'succeeded' | 'failed' | 'stopped', code: number): RunEventOf<'end'> => ({
  v: 1,
  seq: 9,
  t: 9,
  type: 'end',
  outcome,
  code,
  step: 1,
  max_steps: 3,
  best_checkpoint: null,
  train_ms: 1,
});

function failed(changes: Partial<FailedAttempt>): FailedAttempt {
  return {
    run: 'the-run',
    attempt: 1,
    exit: exit({ code: 1 }),
    end: null,
    error: null,
    stopRequested: false,
    nonfiniteLoss: false,
    logTail: '',
    ...changes,
  };
}

const classOf = (changes: Partial<FailedAttempt>) => classifyFailure(failed(changes)).class;

describe('the outcome of an attempt', () => {
  it.each([
    ['0 and its end event', exit({ code: 0 }), end('succeeded', 0), false, 'succeeded'],
    ['0 without an end event', exit({ code: 0 }), null, false, 'failed'],
    ['0 after it said that it had stopped', exit({ code: 0 }), end('stopped', 143), false, 'failed'],
    [
      'success although a stop was asked for',
      exit({ code: 0, asked: 15 }),
      end('succeeded', 0),
      true,
      'succeeded',
    ],
    ['143 after a checkpoint', exit({ code: 143, asked: 15 }), end('stopped', 143), true, 'cancelled'],
    ['143 after TERM from outside', exit({ code: 143 }), end('stopped', 143), false, 'failed'],
    ['143 out of nothing', exit({ code: 143 }), null, false, 'failed'],
    ['TERM before it listened', exit({ signal: 15, asked: 15 }), null, true, 'cancelled'],
    ['TERM from a stranger', exit({ signal: 15 }), null, false, 'failed'],
    ['KILL by force', exit({ signal: 9 }), null, true, 'cancelled'],
    [
      'KILL by the kernel while the machine shuts down',
      exit({ signal: 9, asked: 15 }),
      null,
      false,
      'failed',
    ],
    [
      'an error although a stop was asked for',
      exit({ code: 1, asked: 15 }),
      end('failed', 1),
      true,
      'failed',
    ],
    ['nothing at all', exit({ by: 'controller', lost: 'gone' }), null, false, 'lost'],
    [
      'nothing, killed by force with its supervisor',
      exit({ by: 'controller', lost: 'gone' }),
      null,
      true,
      'cancelled',
    ],
    ['a stop before it began', exit({ asked: 15 }), null, true, 'cancelled'],
    ['a program that is not there', exit({ error: 'no such file' }), null, false, 'failed'],
  ] as const)('%s', (_name, exitFile, endEvent, stopRequested, outcome) => {
    expect(decideOutcome({ exit: exitFile, end: endEvent, stopRequested })).toBe(outcome);
  });
});

describe('why an attempt failed', () => {
  it('is classified by the error event first, with its message and hint', () => {
    const error = {
      v: 1 as const,
      seq: 1,
      t: 1,
      type: 'error' as const,
      code: 'R004',
      message: 'disk full',
      hint: 'tidy',
    };
    expect(classifyFailure(failed({ error, logTail: 'CUDA out of memory' }))).toEqual({
      class: 'disk-full',
      code: 'R111',
      message: 'disk full',
      evidence: ['R004: disk full', 'attempt 1 ended with exit code 1', 'CUDA out of memory'],
      hint: 'tidy',
      next: 'lorch resume the-run',
    });
    expect(classOf({ error: { ...error, code: 'R777' } })).toBe('reported');
  });

  it.each([
    ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB', 'out-of-memory'],
    [
      "RuntimeError: [enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory",
      'host-out-of-memory',
    ],
    ['MemoryError', 'host-out-of-memory'],
    ['OSError: [Errno 28] No space left on device', 'disk-full'],
    ['huggingface_hub.errors.RepositoryNotFoundError: 404', 'model-not-found'],
    ["ModuleNotFoundError: No module named 'peft'", 'environment'],
    ['RuntimeError: CUDA error: no kernel image is available', 'environment'],
    ['safetensors_rust.SafetensorError: header too large', 'bad-model'],
    ['ValueError: something else', 'crash'],
  ])('is read off the log: %s', (line, expected) => {
    const log = `Traceback (most recent call last):\n  File "x.py", line 1\n${line}\n\nwandb: done\n`;
    expect(classOf({ logTail: log })).toBe(expected);
  });

  it('is classified by the way it ended if there is no other evidence', () => {
    expect(classOf({ exit: exit({ signal: 9 }) })).toBe('killed');
    expect(classOf({ exit: exit({ signal: 11 }) })).toBe('crash');
    expect(classOf({ exit: exit({ signal: 15 }) })).toBe('preempted');
    expect(classOf({ exit: exit({ signal: 9, oom: 'host' }) })).toBe('host-out-of-memory');
    expect(classOf({ exit: exit({ signal: 9, oom: 'cgroup' }) })).toBe('cgroup-out-of-memory');
    expect(classOf({ exit: exit({ code: 0 }) })).toBe('ended-early');
    expect(classOf({ exit: exit({ lost: 'gone' }) })).toBe('lost');
    expect(classOf({ exit: exit({ error: 'no such file' }) })).toBe('not-started');
    expect(classOf({ nonfiniteLoss: true })).toBe('non-finite-loss');
    expect(classifyFailure(failed({ exit: exit({ signal: 11 }) })).message).toContain('SIGSEGV');
  });

  it('keeps evidence short: the last lines of the log, cut', () => {
    const { evidence } = classifyFailure(failed({ logTail: `${'x'.repeat(5000)}\n`.repeat(50) }));
    expect(evidence.length).toBeLessThan(12);
    expect(Math.max(...evidence.map((line) => line.length))).toBeLessThan(310);
  });

  it('knows a class for every error that the trainer can report', () => {
    const file = resolve(import.meta.dirname, '../../src/trainer/lorch_trainer/codes.json');
    const codes = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { severity: string }>;
    const errors = Object.keys(codes).filter(
      (code) => code.startsWith('R') && codes[code]?.severity === 'error',
    );
    expect(errors.length).toBeGreaterThan(10);
    expect(errors.filter((code) => !ruleForCode(code))).toEqual([]);
    expect(new Set(failureRules.flatMap((rule) => rule.errors ?? [])).size).toBe(errors.length);
  });
});
