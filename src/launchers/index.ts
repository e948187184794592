// One line a launcher; `resources.launcher` names it.
import type { Launcher } from './launcher.ts';
import { localLauncher } from './local.ts';

const launchers: Record<string, Launcher> = { local: localLauncher };

/** The launcher of that name; undefined if this version has none. */
export function findLauncher(name: string): Launcher | undefined {
  return Object.hasOwn(launchers, name) ? launchers[name] : undefined;
}
