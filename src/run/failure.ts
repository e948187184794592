// Why an attempt failed: a class, its evidence, and the next command. Pure: the same folder always
// gives the same answer.
import type { GuardEnd } from './attempt-files.ts';
import type { RunEventOf } from './events.ts';
import { type FailureClass, type FailureRule, failureRules, ruleFor, ruleForCode } from './failure-rules.ts';
import { type AttemptEnd, signalName, wasPreempted } from './outcome.ts';

export interface Failure {
  class: FailureClass;
  /** R110–R129 or R190, for `lorch explain`. */
  code: string;
  message: string;
  /** The evidence, strongest first. */
  evidence: string[];
  hint: string;
  /** The next command. */
  next: string;
}

export interface FailedAttempt extends AttemptEnd {
  run: string;
  attempt: number;
  /** The last error event. */
  error: RunEventOf<'error'> | null;
  /** Last steps' loss was NaN or infinite. */
  nonfiniteLoss: boolean;
  /** The last lines of train.log, without secrets. */
  logTail: string;
}

/** Classifies a failed or lost attempt. */
export function classifyFailure(failed: FailedAttempt): Failure {
  const { exit, error, end } = failed;
  if (exit.lost !== undefined) return describe('lost', failed, exit.lost, []);
  if (exit.error !== null) return describe('not-started', failed, exit.error, []);
  if (exit.guard) return describeGuard(failed, exit.guard);
  // A data loader worker may be the one that is killed; torch then says so.
  if (exit.oom && (exit.signal === 9 || (error && /killed by signal/i.test(error.message))))
    return describeKernel(failed, exit.oom === 'cgroup');
  if (error) {
    const rule = ruleForCode(error.code) ?? ruleFor('reported');
    return describe(rule.class, failed, error.message, [`${error.code}: ${error.message}`], error.hint);
  }
  if (wasPreempted(failed))
    return describe('preempted', failed, 'the attempt was asked to end (SIGTERM), and not by lorch', []);
  const telling = findTelling(failed.logTail);
  if (telling) return describe(telling.rule.class, failed, telling.line, [telling.line]);
  if (exit.signal === 9)
    return describe('killed', failed, 'the trainer was killed (SIGKILL), and not by lorch', []);
  if (exit.signal !== null)
    return describe('crash', failed, `the trainer was ended by ${signalName(exit.signal)}`, []);
  if (exit.code === 0 && !end)
    return describe(
      'ended-early',
      failed,
      'the trainer ended with exit code 0, but without its end event',
      [],
    );
  if (failed.nonfiniteLoss)
    return describe('non-finite-loss', failed, 'the loss was not a finite number', []);
  const last = lastException(failed.logTail);
  return describe('crash', failed, last ?? `the trainer ended with exit code ${exit.code}`, []);
}

function describeGuard(failed: FailedAttempt, guard: GuardEnd): Failure {
  const killed = guard.killed ? ['it did not end when it was asked to, and was killed'] : [];
  if (guard.name !== 'hang') {
    const limit =
      guard.name === 'max_hours'
        ? `resources.max_hours: ${guard.max_hours}`
        : `resources.max_cost: ${guard.max_cost} at ${guard.price_per_hour} an hour`;
    const ran = `it ran for ${seconds(guard.ran_s ?? guard.seconds)}`;
    return describe('limit-reached', failed, `the attempt reached its limit (${limit})`, [ran, ...killed]);
  }
  const step = guard.median_step_s == null ? [] : [`the median step took ${seconds(guard.median_step_s)}`];
  return describe(
    'hang',
    failed,
    `no progress for ${seconds(guard.quiet_s ?? guard.seconds)} after step ${guard.last_step}`,
    [...step, `no progress was allowed for ${seconds(guard.seconds)}`, ...killed],
  );
}

function describeKernel(failed: FailedAttempt, cgroup: boolean): Failure {
  const where = cgroup ? 'the memory limit of its cgroup was reached' : "the machine's memory had run out";
  const evidence = [`the kernel ended a process for lack of memory while the attempt ran`];
  return describe(
    cgroup ? 'cgroup-out-of-memory' : 'host-out-of-memory',
    failed,
    `the kernel killed the trainer: ${where}`,
    evidence,
  );
}

/** `0.42 s`, `312 s`. */
function seconds(value: number): string {
  return `${Number(value.toPrecision(3))} s`;
}

function describe(
  name: FailureClass,
  failed: FailedAttempt,
  message: string,
  evidence: string[],
  hint?: string,
): Failure {
  const rule = ruleFor(name);
  return {
    class: name,
    code: rule.code,
    message,
    evidence: [...new Set([...evidence, ...howItEnded(failed), ...lastLines(failed.logTail, 8)])],
    hint: hint ?? rule.hint,
    next: rule.next(failed.run),
  };
}

function howItEnded({ exit, attempt }: FailedAttempt): string[] {
  if (exit.lost !== undefined || exit.error !== null) return [];
  const how = exit.signal === null ? `exit code ${exit.code}` : `signal ${signalName(exit.signal)}`;
  return [`attempt ${attempt} ended with ${how}`];
}

function findTelling(log: string): { rule: FailureRule; line: string } | null {
  // Search from the end, because the last lines are nearest to the cause.
  for (const line of lines(log).reverse())
    for (const rule of failureRules) if (rule.log?.test(line)) return { rule, line };
  return null;
}

function lastException(log: string): string | null {
  return (
    lines(log)
      .reverse()
      .find((line) => /^[A-Za-z_][\w.]*(Error|Exception|Interrupt)\b/.test(line)) ?? null
  );
}

function lastLines(log: string, count: number): string[] {
  return lines(log).slice(-count);
}

function lines(log: string): string[] {
  return log
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line));
}
