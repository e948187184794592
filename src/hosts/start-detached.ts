/** Starts a program of this machine in a session of its own, so that it goes on when this process or its terminal ends. */
export async function startDetached(
  [program = '', ...args]: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): Promise<void> {
  const { execa } = await import('execa');
  const child = execa(program, args, {
    cwd,
    env: { ...env },
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdio: 'ignore',
    reject: false,
  });
  child.unref();
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}
