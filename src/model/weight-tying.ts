// ensure_weight_tying: what PEFT makes of the settings if head and embedding share one weight (tuners_utils._check_tied_modules).
import type { LoraSettings } from './lora-settings.ts';
import type { ModelFacts } from './modules.ts';
import { pythonRegex } from './python-regex.ts';

/** PEFT looks for these names alone; GPT-2's `wte` is not tied, whatever the setting says. */
const tiedNames = ['embed_tokens', 'lm_head'];

export interface TiedSettings {
  lora: LoraSettings;
  /** Modules that get an adapter of their own because the embedding has one. */
  tiedTargets: ReadonlySet<string>;
}

/** The modules whose weight is the input embedding's. */
export function tiedModules(facts: ModelFacts): string[] {
  return facts.modules.filter(({ tiedTo }) => tiedTo === facts.inputEmbeddings).map(({ name }) => name);
}

/** The embedding stands in for the head: it is saved or adapted in its place, and the head follows. */
export function ensureTying(facts: ModelFacts, lora: LoraSettings): TiedSettings {
  const tied = tiedModules(facts);
  const untouched = { lora, tiedTargets: new Set<string>() };
  if (!lora.ensure_weight_tying || tied.length === 0) return untouched;
  const saved = lora.modules_to_save ?? [];
  if (saved.some(isTiedName)) {
    return {
      lora: { ...lora, modules_to_save: replaceTied(saved, tied, facts.inputEmbeddings) },
      tiedTargets: new Set(),
    };
  }
  const targets = lora.target_modules ?? [];
  if (typeof targets === 'string') {
    const pattern = pythonRegex(targets, 'fullmatch', 'lora.target_modules');
    if (!tiedNames.some((name) => pattern.test(name))) return untouched;
    const embedding = facts.inputEmbeddings.replaceAll('.', '\\.');
    return {
      lora: { ...lora, target_modules: `(?:${targets}|^${embedding}$)` },
      tiedTargets: new Set(tied),
    };
  }
  if (!targets.some(isTiedName)) return untouched;
  return {
    lora: { ...lora, target_modules: replaceTied(targets, tied, facts.inputEmbeddings) },
    tiedTargets: new Set(tied),
  };
}

function isTiedName(name: string): boolean {
  return tiedNames.includes(name.split('.').at(-1) ?? '');
}

/** The names with the embedding added and, for each tied module, the first name that means it removed. */
function replaceTied(names: readonly string[], tied: readonly string[], embedding: string): string[] {
  const kept = names.includes(embedding) ? [...names] : [...names, embedding];
  for (const key of tied) {
    const index = kept.findIndex((name) =>
      pythonRegex(`(^|.*\\.)${name}($|\\..*)`, 'match', 'lora.ensure_weight_tying').test(key),
    );
    if (index >= 0) kept.splice(index, 1);
  }
  return kept;
}
