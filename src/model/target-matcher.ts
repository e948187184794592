// PEFT's rules for module names (tuners_utils.check_target_module_exists), name by name.
import type { LoraSettings } from './lora-settings.ts';
import { isSingleParameter, type ModelFacts, type ModelModule } from './modules.ts';
import { pythonRegex } from './python-regex.ts';

export type Matcher = (name: string) => boolean;

/** Every module that holds parameters, every block that contains one, and the modules without parameters. */
export function allModuleNames(facts: ModelFacts): string[] {
  const names = new Set<string>();
  const add = (name: string) => {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
      names.add(name.slice(0, dot));
  };
  for (const module of facts.modules) {
    add(module.name);
    if (!isSingleParameter(module)) names.add(module.name);
  }
  for (const name of facts.inert) names.add(name);
  return [...names];
}

function isLinear({ kind }: ModelModule): boolean {
  return kind === 'linear' || kind === 'conv1d';
}

/** Whether target_modules takes a name in: what it names, less what is excluded or saved whole. */
export function targetMatcher(wanted: string | string[], facts: ModelFacts, lora: LoraSettings): Matcher {
  const named = nameMatcher(wanted, facts, lora);
  const excluded = exclusion(lora);
  return (name) => named(name) && !excluded(name);
}

/** What target_modules names, before anything is excluded. */
export function nameMatcher(wanted: string | string[], facts: ModelFacts, lora: LoraSettings): Matcher {
  if (typeof wanted === 'string') {
    if (wanted.toLowerCase() === 'all-linear') {
      const linear = facts.modules.filter(
        (module) => isLinear(module) && module.name !== facts.outputEmbeddings,
      );
      const names = new Set(linear.map(({ name }) => name));
      return (name) => names.has(name);
    }
    const pattern = pythonRegex(wanted, 'fullmatch', 'lora.target_modules');
    return (name) => pattern.test(name);
  }
  const inLayers = layerFilter(lora);
  // A full name is taken as it is; an ending is subject to layers_to_transform.
  return (name) => wanted.includes(name) || (endsWithAny(name, wanted) && inLayers(name));
}

function endsWithAny(name: string, endings: readonly string[]): boolean {
  return endings.some((ending) => name.endsWith(`.${ending}`));
}

function layerFilter(lora: LoraSettings): Matcher {
  const wanted = lora.layers_to_transform;
  if (wanted == null || (Array.isArray(wanted) && wanted.length === 0)) return () => true;
  const layers = new Set(Array.isArray(wanted) ? wanted : [wanted]);
  const given = lora.layers_pattern ?? [];
  const patterns = (typeof given === 'string' ? [given] : given).filter((pattern) => pattern !== '');
  const expressions =
    patterns.length === 0
      ? [/^.*?\.[^.]*\.(?<idx>\d+)\./]
      : patterns.map((pattern) =>
          pythonRegex(`(?:^|.*?\\.)${pattern}\\.(?P<idx>\\d+)\\.`, 'match', 'lora.layers_pattern'),
        );
  return (name) => {
    for (const expression of expressions) {
      const index = expression.exec(name)?.groups?.idx;
      if (index !== undefined) return layers.has(Number(index));
    }
    return false;
  };
}

function exclusion(lora: LoraSettings): Matcher {
  const excluded = excludeMatcher(lora.exclude_modules);
  const saved = (lora.modules_to_save ?? []).map((name) =>
    pythonRegex(`(^|.*\\.)${name}($|\\..*)`, 'match', 'lora.modules_to_save'),
  );
  return (name) => excluded(name) || saved.some((pattern) => pattern.test(name));
}

/** Whether exclude_modules takes a name out. */
export function excludeMatcher(excluded: LoraSettings['exclude_modules']): Matcher {
  if (excluded == null || excluded.length === 0) return () => false;
  if (typeof excluded === 'string') {
    const pattern = pythonRegex(excluded, 'fullmatch', 'lora.exclude_modules');
    return (name) => pattern.test(name);
  }
  return (name) => excluded.includes(name) || endsWithAny(name, excluded);
}
