// The library that makes calls on files fail (test/fixtures/faults.c), compiled for this machine.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';

const source = resolve(import.meta.dirname, '../fixtures/faults.c');

/** Whether it can be compiled and preloaded here. */
export const canInject = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;
if (!canInject) process.stdout.write('skipped: faults are injected on Linux with gcc alone\n');

export type FaultErrno = 'EIO' | 'ENOSPC' | 'EROFS' | 'EDQUOT';

/** The n-th of these calls below a folder fails, and those after it too if it is for ever. */
export interface Fault {
  errno: FaultErrno;
  calls: string;
  forever: boolean;
  /** From 1; 0 counts the calls alone. */
  nth: number;
}

export interface Preload {
  /** The variables that inject `fault` below `under`. */
  env(fault: Fault, under: string): Record<string, string>;
  /** How many calls were counted since. */
  count(): number;
}

/** Compiles into `dir`. */
export function compileFaults(dir: string, read: (file: string) => Buffer): Preload {
  const library = join(dir, 'faults.so');
  const counter = join(dir, 'counter');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return {
    env({ errno, calls, forever, nth }, under) {
      writeFileSync(counter, Buffer.alloc(8));
      return {
        LD_PRELOAD: library,
        // Calls of a ring in the kernel cannot be seen.
        UV_USE_IO_URING: '0',
        FAULT_UNDER: under,
        FAULT_CALLS: calls,
        FAULT_NTH: String(nth),
        FAULT_ERRNO: String(constants.errno[errno as keyof typeof constants.errno] ?? 30),
        FAULT_COUNTER: counter,
        ...(forever && { FAULT_FOREVER: '1' }),
      };
    },
    count: () => Number(read(counter).readBigInt64LE()),
  };
}
