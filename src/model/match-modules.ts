// Finds the modules and parameters that LoRA adapts, and reports faults in their names.
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { asError, leafOf, suggest } from './faults.ts';
import { oldExpertNames, translateTargets } from './fused-targets.ts';
import { type LoraSettings, refused } from './lora-settings.ts';
import { type AdaptedParameter, matchParameters, unmatchedParameters } from './match-parameters.ts';
import { isSingleParameter, type ModelFacts, type ModelModule } from './modules.ts';
import { allModuleNames, excludeMatcher, nameMatcher, targetMatcher } from './target-matcher.ts';
import { ensureTying } from './weight-tying.ts';

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
  parameters: AdaptedParameter[];
  /** The settings as PEFT goes on with them, old names of experts and tied weights resolved. */
  lora: LoraSettings;
  findings: Finding[];
}

/**
 * What gets an adapter, in the model's order. Throws UserError with a finding for each name that matches nothing
 * (M001, M018), is not a layer (M003) or no index (M008), and M005, M006 for what PEFT refuses or leaves empty.
 */
export function matchModules(facts: ModelFacts, asked: LoraSettings): MatchedModules {
  const wanted = wantedTargets(facts, asked);
  const all = allModuleNames(facts);
  const resolved = translateTargets(facts, asked, wanted);
  const { lora, tiedTargets } = ensureTying(facts, resolved.lora);
  const takes = targetMatcher(lora.target_modules ?? [], facts, lora);
  const matched = new Set(all.filter((name) => takes(name) || tiedTargets.has(name)));
  const faults = [
    ...(Array.isArray(wanted) ? unmatchedNames(wanted, all, facts, resolved.translated) : []),
    ...unmatchedParameters(facts, asked.target_parameters ?? []),
    ...layersOutOfRange(asked, facts.sizes.layers),
  ];
  if (faults.length > 0) throw asError(faults);
  const byName = new Map(facts.modules.map((module) => [module.name, module]));
  const noLayers = [...matched].filter((name) => !isAdaptable(byName.get(name)));
  if (noLayers.length > 0) throw asError([noLayer(noLayers[0] ?? '', facts)]);
  const targets = facts.modules.filter((module) => matched.has(module.name));
  const parameters = matchParameters(facts, lora, matched);
  if (targets.length + parameters.length === 0) {
    const named = nameMatcher(wanted, facts, asked);
    throw nothingLeft(wanted, all.some(named), facts);
  }
  return {
    targets,
    parameters,
    lora,
    findings: [
      ...unusedExclusions(asked, wanted, all, facts),
      ...expertsLeftOut(wanted, parameters, facts),
      ...imageLayers(targets, facts),
    ],
  };
}

/** Throws UserError M005 if PEFT would not know what to adapt. */
function wantedTargets(facts: ModelFacts, lora: LoraSettings): string | string[] {
  const hasParameters = (lora.target_parameters ?? []).length > 0;
  const wanted = lora.target_modules ?? defaultTargets[facts.modelType] ?? [];
  if (wanted.length > 0 || hasParameters) return wanted;
  throw refused(
    lora.target_modules == null
      ? `target_modules is needed: PEFT has no default for ${facts.modelType}`
      : 'target_modules is empty, and there are no target_parameters',
    'name the layers, or all-linear',
  );
}

function isAdaptable(module: ModelModule | undefined): boolean {
  return module !== undefined && module.kind !== 'norm' && !isSingleParameter(module);
}

function unusedExclusions(
  lora: LoraSettings,
  wanted: string | string[],
  all: readonly string[],
  facts: ModelFacts,
): Finding[] {
  const { exclude_modules } = lora;
  if (exclude_modules == null || exclude_modules.length === 0) return [];
  const named = nameMatcher(wanted, facts, lora);
  const each =
    typeof exclude_modules === 'string' ? [exclude_modules] : exclude_modules.map((name) => [name]);
  return each
    .filter((one) => !all.some((name) => named(name) && excludeMatcher(one)(name)))
    .map((one) => ({
      code: 'M009',
      name: 'exclusion-matches-nothing',
      severity: 'warning',
      message: `lora.exclude_modules: ${JSON.stringify(String(one))} excludes no layer that would be adapted`,
    }));
}

/** `all-linear` passes over experts that are parameters, if PEFT does not translate it. */
function expertsLeftOut(
  wanted: string | string[],
  parameters: readonly AdaptedParameter[],
  facts: ModelFacts,
): Finding[] {
  const experts = facts.modules.filter(({ kind }) => kind === 'experts');
  if (experts.length === 0 || typeof wanted !== 'string' || wanted.toLowerCase() !== 'all-linear') return [];
  if (parameters.some(({ module }) => module.kind === 'experts')) return [];
  const names = [...new Set(experts.map(({ name }) => name.split('.').slice(-2).join('.')))];
  return [
    {
      code: 'M020',
      name: 'experts-left-out',
      severity: 'warning',
      message: `all-linear adapts no expert of ${facts.architecture}: its experts are parameters, not linear layers`,
      hint: `to adapt them too: target_parameters: [${names.join(', ')}]`,
    },
  ];
}

/** Layers that rows of text never reach get no gradient. */
function imageLayers(targets: readonly ModelModule[], facts: ModelFacts): Finding[] {
  const seeing = targets.filter(({ name }) =>
    facts.imageBlocks.some((block) => name.startsWith(`${block}.`)),
  );
  const [first] = seeing;
  if (!first) return [];
  return [
    {
      code: 'M022',
      name: 'image-layers-adapted',
      severity: 'warning',
      message: `${seeing.length} of the ${targets.length} adapted layers see images only, such as ${first.name}: rows of text do not train them`,
      hint: `leave them out: exclude_modules: '(${facts.imageBlocks.join('|').replaceAll('.', '\\.')})\\..*'`,
    },
  ];
}

function unmatchedNames(
  wanted: string[],
  all: readonly string[],
  facts: ModelFacts,
  translated: ReadonlySet<string>,
): Finding[] {
  const endings = facts.modules.filter(isAdaptable).map(({ name }) => leafOf(name));
  const parameters = facts.modules.filter(isSingleParameter).map(({ name }) => name);
  return wanted
    .filter((target) => !translated.has(target))
    .filter((target) => !all.some((name) => name === target || name.endsWith(`.${target}`)))
    .map((target) => ({
      code: 'M001',
      name: 'target-matches-nothing',
      severity: 'error',
      message: `lora.target_modules: ${JSON.stringify(target)} matches no layer of ${facts.architecture}`,
      hint: parameters.some((name) => name === target || name.endsWith(`.${target}`))
        ? `${target} is a parameter of the experts: name it in target_parameters`
        : suggest(target, [...endings, ...oldExpertNames(facts)]),
      data: { target },
    }));
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
    .map((module) => leafOf(module.name));
  return {
    code: 'M003',
    name: 'target-is-no-layer',
    severity: 'error',
    message: `lora.target_modules matches ${name}, which is not a linear layer or embedding`,
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
