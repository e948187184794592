// What a killed setup started and left running: pip, and the processes that venv and pip start themselves.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { UserError } from '../diagnostics/user-error.ts';

/** The variable that names the setup which started a process; all of its descendants have it. */
export const setupVariable = 'LORCH_SETUP';

const patienceMs = 20_000;

/** Kills what the setup with this token left behind, and returns once it is gone. Throws UserError E011. */
export async function endLeftovers(token: string): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const pids = await findLeftovers(token);
    if (pids.length === 0) return;
    if (Date.now() > until)
      throw new UserError('E011', `a setup that was killed left processes behind: ${pids.join(', ')}`, {
        hint: `end them (kill -9 ${pids.join(' ')}), then run \`lorch setup\` again`,
        exitCode: 3,
      });
    for (const pid of pids) kill(pid);
    await sleep(100);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself, or the next look finds it again.
  }
}

/** The living processes that the setup with this token started, directly or not. */
export async function findLeftovers(token: string): Promise<number[]> {
  const wanted = `${setupVariable}=${token}`;
  const names = await readdir('/proc').catch(() => null);
  if (!names) return findByPs(wanted);
  const found = names.map(async (name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return null;
    const text = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    return text.split('\0').includes(wanted) ? Number(name) : null;
  });
  return (await Promise.all(found)).filter((pid) => pid !== null);
}

// macOS has no /proc.
async function findByPs(wanted: string): Promise<number[]> {
  const { stdout, failed } = await execa('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], {
    reject: false,
    timeout: 5000,
    stdin: 'ignore',
  });
  if (failed) return [];
  return stdout
    .split('\n')
    .filter((line) => line.split(/\s+/).includes(wanted))
    .map((line) => Number.parseInt(line.trim(), 10))
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}
