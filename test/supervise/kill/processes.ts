import { readdir, readFile } from 'node:fs/promises';

export type Victim = 'none' | 'trainer' | 'shim' | 'both';

/** The shims and trainers of one trial: their arguments name its folder. Zombies have none. */
export async function processesOf(dir: string): Promise<{ pid: number; part: 'shim' | 'trainer' }[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const argv = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      if (!argv.includes(dir) || argv.includes('controller.mjs')) return null;
      return { pid: Number(name), part: argv.includes('shim.py') ? ('shim' as const) : ('trainer' as const) };
    }),
  );
  return found.filter((each) => each !== null);
}
