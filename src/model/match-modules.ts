// Which modules LoRA adapts: PEFT's matching rules (tuners_utils.check_target_module_exists), name by name.
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { type LoraSettings, refused } from './lora-settings.ts';
import type { ModelFacts, ModelModule } from './modules.ts';
import { nearestNames } from './nearest.ts';
import { pythonRegex } from './python-regex.ts';

type Matcher = (name: string) => boolean;

/** What PEFT targets when target_modules is left out, by model_type. */
const defaultTargets: Record<string, string[]> = {
  gpt2: ['c_attn'],
  gpt_neox: ['query_key_value'],
  falcon: ['query_key_value'],
  llama: ['q_proj', 'v_proj'],
  mistral: ['q_proj', 'v_proj'],
  opt: ['q_proj', 'v_proj'],
  qwen2: ['q_proj', 'v_proj'],
  qwen3: ['q_proj', 'v_proj'],
  gemma: ['q_proj', 'v_proj'],
  gemma2: ['q_proj', 'v_proj'],
  gemma3_text: ['q_proj', 'v_proj'],
};

export interface MatchedModules {
  targets: ModelModule[];
  findings: Finding[];
}

/**
 * The modules that get an adapter, in the model's order.
 * Throws UserError with a finding for each name that matches nothing (M001), is no layer (M003) or no index (M008).
 */
export function matchModules(facts: ModelFacts, lora: LoraSettings): MatchedModules {
  const wanted = lora.target_modules ?? defaultTargets[facts.modelType];
  if (wanted === undefined || wanted.length === 0) {
    throw refused(`target_modules is needed: PEFT has no default for ${facts.modelType}`, 'or all-linear');
  }
  const named = targetMatcher(wanted, facts, lora);
  const excluded = exclusion(lora);
  const all = allModuleNames(facts.modules);
  const matched = all.filter((name) => named(name) && !excluded(name));
  const faults = [
    ...(Array.isArray(wanted) ? unmatchedNames(wanted, all, facts) : []),
    ...layersOutOfRange(lora, facts.sizes.layers),
  ];
  if (faults.length > 0) throw asError(faults);
  const byName = new Map(facts.modules.map((module) => [module.name, module]));
  const noLayers = matched.filter((name) => !isAdaptable(byName.get(name)));
  if (noLayers.length > 0) throw asError([noLayer(noLayers[0] ?? '', facts)]);
  const targets = facts.modules.filter((module) => matched.includes(module.name));
  if (targets.length === 0) throw nothingLeft(wanted, all.some(named), facts);
  return { targets, findings: unusedExclusions(lora, all, named) };
}

function isAdaptable(module: ModelModule | undefined): boolean {
  return module !== undefined && module.kind !== 'norm';
}

/** Every module and every block that contains one. */
export function allModuleNames(modules: readonly ModelModule[]): string[] {
  const names = new Set<string>();
  for (const { name } of modules) {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
      names.add(name.slice(0, dot));
    names.add(name);
  }
  return [...names];
}

function targetMatcher(wanted: string | string[], facts: ModelFacts, lora: LoraSettings): Matcher {
  if (typeof wanted === 'string') {
    if (wanted.toLowerCase() === 'all-linear') {
      const linear = facts.modules.filter(
        ({ kind, name }) => isLinear(kind) && name !== facts.outputEmbeddings,
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

function isLinear(kind: ModelModule['kind']): boolean {
  return kind === 'linear' || kind === 'conv1d';
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

function excludeMatcher(excluded: LoraSettings['exclude_modules']): Matcher {
  if (excluded == null || excluded.length === 0) return () => false;
  if (typeof excluded === 'string') {
    const pattern = pythonRegex(excluded, 'fullmatch', 'lora.exclude_modules');
    return (name) => pattern.test(name);
  }
  return (name) => excluded.includes(name) || endsWithAny(name, excluded);
}

function unusedExclusions(lora: LoraSettings, all: readonly string[], named: Matcher): Finding[] {
  const { exclude_modules } = lora;
  if (exclude_modules == null || exclude_modules.length === 0) return [];
  const each =
    typeof exclude_modules === 'string' ? [exclude_modules] : exclude_modules.map((name) => [name]);
  return each
    .filter((one) => !all.some((name) => named(name) && excludeMatcher(one)(name)))
    .map((one) => ({
      code: 'M009',
      name: 'exclusion-matches-nothing',
      severity: 'warning',
      message: `lora.exclude_modules: ${JSON.stringify(String(one))} takes out nothing that would be adapted`,
    }));
}

function unmatchedNames(wanted: string[], all: readonly string[], facts: ModelFacts): Finding[] {
  const endings = facts.modules.filter(isAdaptable).map(({ name }) => name.split('.').at(-1) ?? name);
  return wanted
    .filter((target) => !all.some((name) => name === target || name.endsWith(`.${target}`)))
    .map((target) => ({
      code: 'M001',
      name: 'target-matches-nothing',
      severity: 'error',
      message: `lora.target_modules: ${JSON.stringify(target)} matches no layer of ${facts.architecture}`,
      hint: suggest(target, endings),
      data: { target },
    }));
}

/** "did you mean", or all there is to choose from. */
export function suggest(word: string, names: readonly string[]): string {
  const near = nearestNames(word, names);
  return near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${[...new Set(names)].join(', ')}`;
}

function layersOutOfRange(lora: LoraSettings, layers: number): Finding[] {
  const wanted = lora.layers_to_transform;
  if (wanted == null) return [];
  return (Array.isArray(wanted) ? wanted : [wanted])
    .filter((index) => index < 0 || index >= layers)
    .map((index) => ({
      code: 'M008',
      name: 'layer-index-out-of-range',
      severity: 'error',
      message: `lora.layers_to_transform: there is no layer ${index}; the model has 0 to ${layers - 1}`,
    }));
}

function noLayer(name: string, facts: ModelFacts): Finding {
  const inside = facts.modules
    .filter((module) => module.name.startsWith(`${name}.`) && isAdaptable(module))
    .map((module) => module.name.split('.').at(-1) ?? '');
  return {
    code: 'M003',
    name: 'target-is-no-layer',
    severity: 'error',
    message: `lora.target_modules takes in ${name}, which is no linear layer or embedding`,
    hint:
      inside.length > 0 ? `name what is inside: ${[...new Set(inside)].join(', ')}` : 'name the layers only',
    data: { module: name },
  };
}

function nothingLeft(wanted: string | string[], anyNamed: boolean, facts: ModelFacts): UserError {
  if (!anyNamed && typeof wanted === 'string') {
    return new UserError('M001', `lora.target_modules: ${wanted} matches no layer of ${facts.architecture}`, {
      hint: 'the expression is compared with the whole name, e.g. .*\\.(q|v)_proj',
    });
  }
  return new UserError('M006', `no layer of ${facts.architecture} is left to adapt`, {
    hint: 'look at exclude_modules, layers_to_transform and modules_to_save',
  });
}

/** One UserError for all findings, under the first one's code. */
export function asError(findings: Finding[]): UserError {
  const [first] = findings;
  const message =
    findings.length === 1 ? (first?.message ?? '') : `${findings.length} names do not fit the model`;
  return new UserError(first?.code ?? 'M001', message, {
    ...(findings.length === 1 ? {} : { findings }),
    ...(findings.length === 1 && first?.hint ? { hint: first.hint } : {}),
  });
}
