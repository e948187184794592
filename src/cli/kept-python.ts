import type { Context } from './context.ts';

/** `--python` as another process can use it, in another folder; null if it was not given. */
export async function keptPython(context: Context, python: string | undefined): Promise<string | null> {
  if (python === undefined) return null;
  const { locatePython } = await import('../python/find-python.ts');
  return locatePython(python, context.cwd, context.env.HOME);
}
