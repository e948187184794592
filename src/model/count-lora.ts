// Trainable and total parameters as PEFT will make them, from shapes alone.
import type { Finding } from '../diagnostics/finding.ts';
import { type LoraSettings, readLoraSettings, refused } from './lora-settings.ts';
import { allModuleNames, asError, matchModules, suggest } from './match-modules.ts';
import { countParameters, type ModelFacts, type ModelModule, moduleCount } from './modules.ts';
import { pythonRegex } from './python-regex.ts';

export interface TrainedModule {
  name: string;
  out: number;
  in: number;
  trainable: number;
}

export interface LoraCount {
  trainable: number;
  /** Base and adapters together, copies of saved modules included; shared weights once. */
  total: number;
  modules: TrainedModule[];
  /** Settings that have no effect (warnings). */
  findings: Finding[];
}

/**
 * Counts what trains: r·(in + out) for each adapted layer, and what the other LoraConfig fields add to it.
 * Throws UserError M001–M008. Fields that cannot be counted from shapes: ask `uncountable` first.
 */
export function countLora(facts: ModelFacts, given: Readonly<Record<string, unknown>>): LoraCount {
  const lora = readLoraSettings(given);
  const { targets, findings } = matchModules(facts, lora);
  const tally = new Tally(facts);
  const rankOf = rankReader(lora);
  const ranked = tieTargets(targets, facts, lora);
  for (const module of ranked) {
    const rank = rankOf(module.name);
    tally.add(module, adapterCount(module, rank, lora), 'new');
    if (lora.bias === 'lora_only' && module.bias) tally.add(module, module.out, 'base');
  }
  const saved = savedModules(facts, lora);
  if (lora.bias === 'all') {
    for (const module of facts.modules) {
      if (module.bias && !saved.some((each) => isInside(module, each))) tally.add(module, module.out, 'base');
    }
  }
  for (const name of saved) saveModule(name, facts, lora, tally);
  addTrainableTokens(facts, lora, tally);
  return { ...tally.result(), findings: [...findings, ...unusedPatterns(lora, ranked)] };
}

/** Adds up by module; `new` parameters enlarge the model, `base` ones only begin to train. */
class Tally {
  private trainable = 0;
  private total: number;
  private readonly modules = new Map<string, TrainedModule>();

  constructor(facts: ModelFacts) {
    this.total = countParameters(facts.modules);
  }

  add(module: { name: string; out: number; in: number }, count: number, from: 'new' | 'base'): void {
    this.trainable += count;
    if (from === 'new') this.total += count;
    const entry = this.modules.get(module.name);
    if (entry) entry.trainable += count;
    else
      this.modules.set(module.name, { name: module.name, out: module.out, in: module.in, trainable: count });
  }

  result(): { trainable: number; total: number; modules: TrainedModule[] } {
    return { trainable: this.trainable, total: this.total, modules: [...this.modules.values()] };
  }
}

function adapterCount(module: ModelModule, rank: number, lora: LoraSettings): number {
  if (lora.lora_bias && module.kind === 'embedding') {
    throw refused(
      `lora_bias is not possible for the embedding ${module.name}`,
      'leave embeddings out of target_modules',
    );
  }
  const magnitudes = lora.use_dora ? module.out : 0;
  const biases = lora.lora_bias ? module.out : 0;
  return rank * (module.in + module.out) + magnitudes + biases;
}

/** rank_pattern: the first key that matches the end of the name, in the order written. */
function rankReader(lora: LoraSettings): (name: string) => number {
  const patterns = Object.entries(lora.rank_pattern ?? {}).map(([key, rank]) => ({
    expression: patternKey(key, 'rank_pattern'),
    rank,
  }));
  return (name) => patterns.find(({ expression }) => expression.test(name))?.rank ?? lora.r;
}

function patternKey(key: string, setting: string): RegExp {
  return pythonRegex(`(.*\\.)?(${key})$`, 'match', `lora.${setting}`);
}

/** With ensure_weight_tying, a target among embedding and tied head brings in the other one too. */
function tieTargets(targets: ModelModule[], facts: ModelFacts, lora: LoraSettings): ModelModule[] {
  if (!lora.ensure_weight_tying) return targets;
  const tied = facts.modules.filter((module) => module.tiedTo !== null);
  const group = [facts.inputEmbeddings, ...tied.map(({ name }) => name)];
  if (tied.length === 0 || !targets.some(({ name }) => group.includes(name))) return targets;
  return facts.modules.filter((module) => targets.includes(module) || group.includes(module.name));
}

/** Names of the modules (or blocks) that modules_to_save copies: every name that ends so, as PEFT compares. */
function savedModules(facts: ModelFacts, lora: LoraSettings): string[] {
  const wanted = lora.modules_to_save ?? [];
  if (wanted.length === 0) return [];
  const all = allModuleNames(facts.modules);
  const faults = wanted
    .filter((name) => !all.some((each) => each.endsWith(name)))
    .map((name): Finding => {
      const endings = facts.modules.map((module) => module.name.split('.').at(-1) ?? '');
      return {
        code: 'M002',
        name: 'saved-module-matches-nothing',
        severity: 'error',
        message: `lora.modules_to_save: ${JSON.stringify(name)} matches no module of ${facts.architecture}`,
        hint: suggest(name, endings),
        data: { module: name },
      };
    });
  if (faults.length > 0) throw asError(faults);
  return all.filter((each) => wanted.some((name) => each.endsWith(name)));
}

function isInside(module: ModelModule, block: string): boolean {
  return module.name === block || module.name.startsWith(`${block}.`);
}

/** A full copy trains beside the frozen original; a tied head shares the embedding's copy where tying is ensured. */
function saveModule(name: string, facts: ModelFacts, lora: LoraSettings, tally: Tally): void {
  const inside = facts.modules.filter((module) => isInside(module, name));
  const single = inside.length === 1 ? inside[0] : undefined;
  if (lora.ensure_weight_tying && single?.tiedTo != null) {
    const source = facts.modules.find((module) => module.name === single.tiedTo);
    // Naming the head alone saves the embedding, once; naming both saves it once too.
    if (source && !(lora.modules_to_save ?? []).some((wanted) => source.name.endsWith(wanted))) {
      tally.add(source, moduleCount(source), 'new');
    }
    return;
  }
  const count = inside.reduce((sum, module) => sum + moduleCount(module), 0);
  tally.add(single ?? { name, out: 0, in: 0 }, count, 'new');
}

/** n·hidden for each embedding named; a tied head follows the input embedding at no cost. */
function addTrainableTokens(facts: ModelFacts, lora: LoraSettings, tally: Tally): void {
  const given = lora.trainable_token_indices;
  if (given == null) return;
  const byEnding = Array.isArray(given) ? { [facts.inputEmbeddings]: given } : given;
  const named = Object.entries(byEnding).map(([ending, tokens]) => {
    const module = facts.modules.find((each) => each.name.endsWith(ending) && holdsTokens(each, facts));
    if (!module) throw refused(`trainable_token_indices: no embedding is called ${JSON.stringify(ending)}`);
    return { module, tokens };
  });
  for (const { module, tokens } of named) {
    const sharesWith = named.find((other) => other.module.name === module.tiedTo);
    if (sharesWith && sameTokens(sharesWith.tokens, tokens)) continue;
    const hidden = module.kind === 'embedding' ? module.out : module.in;
    tally.add(module, tokens.length * hidden, 'new');
  }
}

function holdsTokens(module: ModelModule, facts: ModelFacts): boolean {
  return module.kind === 'embedding' || module.name === facts.outputEmbeddings;
}

function sameTokens(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}

function unusedPatterns(lora: LoraSettings, targets: readonly ModelModule[]): Finding[] {
  const keys = [
    ...Object.keys(lora.rank_pattern ?? {}).map((key) => ['rank_pattern', key] as const),
    ...Object.keys(lora.alpha_pattern ?? {}).map((key) => ['alpha_pattern', key] as const),
  ];
  return keys
    .filter(([setting, key]) => !targets.some(({ name }) => patternKey(key, setting).test(name)))
    .map(([setting, key]) => ({
      code: 'M007',
      name: 'pattern-matches-nothing',
      severity: 'warning',
      message: `lora.${setting}: ${JSON.stringify(key)} matches no adapted layer and has no effect`,
    }));
}
