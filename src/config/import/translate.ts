// Translates each setting of the other tool to lorch settings, or gives the reason why not.

import { launcherPrefix } from './read-command.ts';
import type { SourceFile } from './read-settings.ts';
import { settingOf } from './read-settings.ts';
import type { Outcome, Rule, SourceSetting, Tool } from './setting.ts';
import { oneProcess, ownRule } from './shared-rules.ts';

/** `kept`: the same name and value. `renamed`: another name, or another form. `refused`: no counterpart. */
export type Fate = 'kept' | 'renamed' | 'refused';

export interface ImportedSetting {
  key: string;
  /** The value as text for people, without secrets. */
  shown: string;
  line: number;
  cell?: string;
  fate: Fate;
  /** Ours that it became; empty for one that needs none. */
  set: Readonly<Record<string, unknown>>;
  /** Why it was refused, why there is nothing to write, or what to know. */
  reason?: string;
}

type Taken = Map<string, { key: string; value: string }>;

/** All settings of the file, in its order. */
export function translate(
  file: SourceFile,
  tool: Tool,
  show: (key: string, value: unknown) => string,
): ImportedSetting[] {
  const settings = flatten(file, tool);
  const others = new Map(settings.map(({ key, value }) => [key, value]));
  const taken: Taken = new Map();
  return settings.flatMap((setting) =>
    outcomesOf(setting, tool, others).map((outcome) => settle(setting, outcome, taken, show)),
  );
}

function flatten({ settings, root }: SourceFile, { sections = [] }: Tool): SourceSetting[] {
  return settings.flatMap((setting) => {
    const value = root?.entries.get(setting.key)?.value;
    if (!sections.includes(setting.key) || value?.kind !== 'map') return [setting];
    return [...value.entries].map(([key, entry]) =>
      settingOf(key, entry.value, entry.key.line ?? setting.line),
    );
  });
}

function outcomesOf(
  { key, value, computed }: SourceSetting,
  tool: Tool,
  others: ReadonlyMap<string, unknown>,
): readonly Outcome[] {
  const rule: Rule | null = Object.hasOwn(tool.rules, key) ? (tool.rules[key] as Rule) : ownRule(key);
  if (key.startsWith(launcherPrefix)) return [{ refuse: `of the launcher: ${oneProcess}` }];
  if (!rule) return [{ refuse: 'lorch has no setting for it' }];
  if (computed !== undefined) {
    if (/^(?:not )?(?:\w+\.)*is_bf(?:loat)?16_supported\(\)$/.test(computed))
      return [{ implied: 'the precision follows from model and machine' }];
    const meant = [rule(undefined, others)].flat()[0];
    if (meant?.implied !== undefined || meant?.refuse !== undefined) return [{ ...meant, set: {} }];
    return [{ refuse: 'its value is computed when the script runs; write it in' }];
  }
  if ((value === null || value === '') && key !== 'dtype') return [{ implied: 'it has no value' }];
  return [rule(value, others)].flat();
}

function settle(
  setting: SourceSetting,
  outcome: Outcome,
  taken: Taken,
  show: (key: string, value: unknown) => string,
): ImportedSetting {
  const key = outcome.key ?? setting.key;
  const value = outcome.key === undefined ? setting.value : outcome.value;
  const base = {
    key,
    shown: setting.computed ?? show(key, value),
    line: setting.line,
    ...(setting.cell && { cell: setting.cell }),
  };
  const refused = (reason: string): ImportedSetting => ({ ...base, fate: 'refused', set: {}, reason });
  if (outcome.refuse !== undefined) return refused(outcome.refuse);
  const set = outcome.set ?? {};
  const clash = Object.keys(set).find(
    (path) => taken.has(path) && taken.get(path)?.key !== setting.key && !isStrategy(path),
  );
  if (clash && taken.get(clash)?.value === JSON.stringify(set[clash]))
    return { ...base, fate: 'kept', set: {}, reason: `${taken.get(clash)?.key} says the same` };
  if (clash) return refused(`${clash} is already written, from ${taken.get(clash)?.key}`);
  for (const [path, each] of Object.entries(set))
    taken.set(path, { key: setting.key, value: JSON.stringify(each) });
  const paths = Object.keys(set);
  const kept =
    paths.length === 0 ||
    (paths.length === 1 && paths[0]?.split('.').at(-1) === key && set[paths[0]] === value);
  const reason = outcome.implied ?? outcome.note;
  return { ...base, fate: kept ? 'kept' : 'renamed', set, ...(reason !== undefined && { reason }) };
}

// Several settings of the other tools say that something happens every so many steps.
function isStrategy(path: string): boolean {
  return /_strategy$/.test(path);
}
