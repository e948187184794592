// transformers 5 stacked the experts that older adapters name one by one; PEFT translates the old names
// (utils/transformers_weight_conversion.py), and so does this: gate_proj + up_proj become gate_up_proj at twice the rank.
import { leafOf } from './faults.ts';
import { type LoraSettings, refused } from './lora-settings.ts';
import { isSingleParameter, type ModelFacts, parametersOf } from './modules.ts';
import { allModuleNames, nameMatcher, targetMatcher } from './target-matcher.ts';

type Names = Readonly<Record<string, string>>;

const mixtralNames: Names = { gate: 'gate.weight', w1: 'gate_up_proj', w3: 'gate_up_proj', w2: 'down_proj' };
const qwenNames: Names = {
  gate: 'gate.weight',
  gate_proj: 'gate_up_proj',
  up_proj: 'gate_up_proj',
  down_proj: 'down_proj',
};

/** Old name → parameter, by model_type. PEFT translates neither qwen2_moe nor gpt_oss. */
const translations: Readonly<Record<string, Names>> = {
  mixtral: mixtralNames,
  qwen3_moe: qwenNames,
  deepseek_v2: qwenNames,
  deepseek_v3: qwenNames,
};

export interface TranslatedTargets {
  /** The settings as PEFT goes on with them. */
  lora: LoraSettings;
  /** What the user named that became a parameter. */
  translated: ReadonlySet<string>;
}

/** What the old names of this model's experts are, for messages. */
export function oldExpertNames(facts: ModelFacts): string[] {
  return Object.keys(translations[facts.modelType] ?? {});
}

/** Throws UserError M005 if only one of two names was given that are one parameter now. */
export function translateTargets(
  facts: ModelFacts,
  lora: LoraSettings,
  wanted: LoraSettings['target_modules'],
): TranslatedTargets {
  const names = translations[facts.modelType];
  const untouched = { lora: { ...lora, target_modules: wanted }, translated: new Set<string>() };
  if (!names) return untouched;
  const listed = typeof wanted === 'string' ? leavesOf(wanted, facts, lora, names) : (wanted ?? []);
  if (typeof wanted === 'string' && listed.length === 0) return untouched;
  const remaining: string[] = [];
  const translated = new Map<string, string>();
  for (const target of listed) {
    const old = Object.keys(names).find((name) => target === name || target.endsWith(`.${name}`));
    if (old === undefined) remaining.push(target);
    else translated.set(target, old);
  }
  const given = new Set(translated.values());
  const fused = Object.keys(names).filter((old) => names[old] === 'gate_up_proj');
  const present = fused.filter((old) => given.has(old));
  if (present.length === 1) {
    const missing = fused.find((old) => !given.has(old));
    throw refused(
      `target_modules has ${present[0]} without ${missing}; ${facts.architecture} holds both in gate_up_proj`,
      `add ${missing}, or leave ${present[0]} out`,
    );
  }
  const key = '.*\\.gate_up_proj';
  const ranks = { ...lora.rank_pattern };
  const alphas = { ...lora.alpha_pattern };
  if (present.length === 2) {
    ranks[key] = 2 * lora.r;
    alphas[key] = 2 * lora.lora_alpha;
  }
  const parameters = [...given].map((old) => names[old] as string);
  return {
    lora: {
      ...lora,
      target_modules: remaining,
      target_parameters: [...new Set([...(lora.target_parameters ?? []), ...parameters])],
      rank_pattern: ranks,
      alpha_pattern: alphas,
    },
    translated: new Set(translated.keys()),
  };
}

/** PEFT turns a string into last names: of all linear layers and experts, or of whatever the expression matches. */
function leavesOf(wanted: string, facts: ModelFacts, lora: LoraSettings, names: Names): string[] {
  const leaves = new Set<string>();
  if (wanted.toLowerCase() === 'all-linear') {
    const isNamed = nameMatcher(wanted, facts, lora);
    for (const { name } of facts.modules) if (isNamed(name)) leaves.add(leafOf(name));
    for (const old of Object.keys(names)) leaves.add(old);
    return [...leaves];
  }
  const matches = targetMatcher(wanted, facts, lora);
  const parameters = facts.modules.flatMap((module) => parametersOf(module).map(({ name }) => name));
  for (const name of [...allModuleNames(facts), ...parameters]) if (matches(name)) leaves.add(leafOf(name));
  // gate_proj and up_proj are not names any more: would the expression match them where the experts are?
  for (const module of facts.modules.filter(isSingleParameter)) {
    const container = module.name.slice(0, module.name.lastIndexOf('.'));
    for (const [old, parameter] of Object.entries(names)) {
      if (leafOf(module.name) === parameter && matches(`${container}.${old}`)) leaves.add(old);
    }
  }
  return [...leaves];
}
