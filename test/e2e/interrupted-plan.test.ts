// Planning is told to end while the trainer tokenises, as real processes: nothing is left on disk, and nobody goes on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../cli/build-cli.ts';
import { makeWorkspace, python, type TestWorkspace, ticketRows } from './workspace.ts';

describe.skipIf(!python)('lorch plan that is told to end', () => {
  let cli: ReturnType<typeof buildCli>;
  let workspace: TestWorkspace;
  beforeAll(async () => {
    cli = buildCli();
    workspace = await makeWorkspace();
    await workspace.write('datasets/tickets.jsonl', ticketRows(200_000));
  });
  afterAll(async () => {
    cli?.remove();
    await workspace?.remove();
  });

  const left = () => readdirSync(join(workspace.root, 'runs')).filter((name) => name.startsWith('.plan-'));

  /** A file of /proc; empty where the process has ended meanwhile. */
  const proc = (pid: number | string, name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8');
    } catch {
      return '';
    }
  };

  /** Processes whose parent is `pid`. */
  const childrenOf = (pid: number): number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => proc(name, 'stat').split(') ')[1]?.split(' ')[1] === String(pid))
      .map(Number);

  it.skipIf(process.platform !== 'linux').each(['SIGTERM', 'SIGINT'] as const)(
    '%s: exits with 130, without a working folder and without a trainer',
    async (signal) => {
      const child = spawn(process.execPath, [cli.bin, 'plan', 'configs/run.yaml'], {
        cwd: workspace.root,
        env: workspace.env,
        stdio: 'ignore',
      });
      const ended = once(child, 'exit');
      let trainers: number[] = [];
      while (trainers.length === 0 && child.exitCode === null) {
        trainers = childrenOf(child.pid ?? 0).filter((pid) => proc(pid, 'cmdline').includes('prepare'));
        await setTimeout(5);
      }
      expect(left()).toHaveLength(1);
      child.kill(signal);
      expect(await ended).toEqual([130, null]);
      expect(left()).toEqual([]);
      for (const pid of trainers) while (/\) [^ZX] /.test(proc(pid, 'stat'))) await setTimeout(20);
    },
  );
});
