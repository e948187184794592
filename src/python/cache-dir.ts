import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Env = Readonly<Record<string, string | undefined>>;

/** lorch's folder in the user's cache (XDG base directories; a relative XDG_CACHE_HOME is to be ignored). */
export function userCacheDir(env: Env): string {
  const xdg = env.XDG_CACHE_HOME;
  if (xdg && isAbsolute(xdg)) return join(xdg, 'lorch');
  return join(env.HOME || homedir(), '.cache', 'lorch');
}
