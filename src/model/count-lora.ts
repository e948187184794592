// Counts trainable and total parameters as PEFT makes them, from shapes alone.

import type { Finding } from '../diagnostics/finding.ts';
import type { BoundedPattern } from './bounded-pattern.ts';
import { type LoraSettings, readLoraSettings, refused } from './lora-settings.ts';
import { matchModules } from './match-modules.ts';
import type { AdaptedParameter } from './match-parameters.ts';
import {
  countParameters,
  elements,
  holderOf,
  type ModelFacts,
  type ModelModule,
  moduleCount,
  parametersOf,
} from './modules.ts';
import { pythonRegex } from './python-regex.ts';
import { isInside, savedModules } from './saved-modules.ts';
import { trainableTokens } from './trainable-tokens.ts';
import { tiedModules } from './weight-tying.ts';

export interface TrainedModule {
  /** The module of the base, as the trainer names it; experts go under the block that holds them. */
  name: string;
  /** Of the first parameter, if several of a block train; 0 for a block that is copied whole. */
  out: number;
  in: number;
  trainable: number;
}

export interface LoraCount {
  trainable: number;
  /** Base and adapters together, copies of saved modules included; shared weights once. */
  total: number;
  modules: TrainedModule[];
  /** What around the output head would not train: an adapter, or single rows of a head with a bias. */
  head: 'adapter' | 'rows' | null;
  /** Settings that have no effect, or less than one might think. */
  findings: Finding[];
}

/**
 * Counts what trains: r·(in + out) for each adapted layer, r·E·(in + out) for E stacked experts, and what the other
 * LoraConfig fields add. Throws UserError M001–M008, M018, M019. Fields that cannot be counted from shapes: ask
 * `uncountable` first.
 */
export function countLora(facts: ModelFacts, given: Readonly<Record<string, unknown>>): LoraCount {
  const asked = readLoraSettings(given);
  const { targets, parameters, lora, findings } = matchModules(facts, asked);
  const tally = new Tally(facts);
  const rankOf = rankReader(lora);
  for (const module of targets) {
    tally.add(module, adapterCount(module, rankOf(module.name), lora), 'new');
    if (lora.bias === 'lora_only' && module.bias) tally.add(module, module.out, 'base');
  }
  for (const parameter of parameters) {
    tally.add(parameter.module, parameterCount(parameter, rankOf(parameter.name)), 'new');
  }
  if (lora.bias === 'lora_only') trainBiasesBeside(parameters, facts, tally);
  const saved = savedModules(facts, asked, lora);
  if (lora.bias === 'all') trainAllBiases(facts, saved, tally);
  for (const name of saved) saveModule(name, facts, tally);
  const rows = trainableTokens(facts, asked, targets);
  for (const { module, count } of rows) tally.add(module, count, 'new');
  const adapted = [...targets, ...parameters].map(({ name }) => name);
  const holders = [...targets, ...parameters.map(({ module }) => module)];
  const head = aroundHead(
    facts,
    holders,
    rows.map(({ module }) => module),
  );
  return { ...tally.result(), head, findings: [...findings, ...unusedPatterns(asked, adapted)] };
}

/** Adds up by module; `new` parameters enlarge the model, `base` ones only begin to train. */
class Tally {
  private trainable = 0;
  private total: number;
  private readonly modules = new Map<string, TrainedModule>();

  constructor(facts: ModelFacts) {
    this.total = countParameters(facts.modules);
  }

  add(module: ModelModule, count: number, from: 'new' | 'base'): void {
    const { out, in: into } = module;
    this.addTo({ name: holderOf(module), out, in: into }, count, from);
  }

  addTo(module: Omit<TrainedModule, 'trainable'>, count: number, from: 'new' | 'base'): void {
    this.trainable += count;
    if (from === 'new') this.total += count;
    const entry = this.modules.get(module.name);
    if (entry) entry.trainable += count;
    else this.modules.set(module.name, { ...module, trainable: count });
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
  if (lora.init_lora_weights === 'orthogonal' && rank % 2 === 1) {
    throw refused(`init_lora_weights: orthogonal needs an even rank; ${module.name} has ${rank}`);
  }
  const magnitudes = lora.use_dora ? module.out : 0;
  const biases = lora.lora_bias ? module.out : 0;
  return rank * (module.in + module.out) + magnitudes + biases;
}

/** r·(a + b) for each of the experts: one for a parameter of two dimensions. */
function parameterCount({ shape }: AdaptedParameter, rank: number): number {
  const [a, b] = shape.slice(-2);
  return rank * elements(shape.slice(0, -2)) * ((a ?? 0) + (b ?? 0));
}

/** rank_pattern: the first key that matches the end of the name, in the order written. */
function rankReader(lora: LoraSettings): (name: string) => number {
  const patterns = Object.entries(lora.rank_pattern ?? {}).map(([key, rank]) => ({
    expression: patternKey(key, 'rank_pattern'),
    rank,
  }));
  return (name) => patterns.find(({ expression }) => expression.test(name))?.rank ?? lora.r;
}

function patternKey(key: string, setting: string): BoundedPattern {
  return pythonRegex(`(.*\\.)?(${key})$`, 'match', `lora.${setting}`);
}

/** `bias: lora_only` reaches the bias beside an adapted weight, once, of a layer or of a block (gpt-oss' router). */
function trainBiasesBeside(parameters: readonly AdaptedParameter[], facts: ModelFacts, tally: Tally): void {
  const holders = new Set(parameters.map(({ name }) => name.slice(0, name.lastIndexOf('.'))));
  for (const { module, name, shape } of biasesOf(facts)) {
    if (holders.has(name.replace(/\.bias$/, ''))) tally.add(module, elements(shape), 'base');
  }
}

/** Every bias that is not frozen beneath a saved copy, which has its own. */
function trainAllBiases(facts: ModelFacts, saved: readonly string[], tally: Tally): void {
  for (const { module, shape } of biasesOf(facts)) {
    if (!saved.some((block) => isInside(module, block))) tally.add(module, elements(shape), 'base');
  }
}

/** Parameters that PEFT takes for biases: their name ends in `.bias`. */
function biasesOf(facts: ModelFacts) {
  return facts.modules.flatMap((module) =>
    parametersOf(module)
      .filter(({ name }) => name.endsWith('.bias'))
      .map((bias) => ({ ...bias, module })),
  );
}

/** A full copy trains beside the frozen original. */
function saveModule(name: string, facts: ModelFacts, tally: Tally): void {
  const inside = facts.modules.filter((module) => isInside(module, name));
  const count = inside.reduce((sum, module) => sum + moduleCount(module), 0);
  const [first] = inside;
  if (first?.name === name) tally.add(first, count, 'new');
  else if (count > 0) tally.addTo({ name, out: 0, in: 0 }, count, 'new');
}

/** TRL bypasses an adapter; PEFT leaves out the bias of a head of which rows train. Rows of an embedding are rows of the head that shares its weight. */
function aroundHead(
  facts: ModelFacts,
  adapted: readonly ModelModule[],
  rows: readonly ModelModule[],
): LoraCount['head'] {
  const head = facts.outputEmbeddings;
  if (adapted.some(({ name }) => name === head)) return 'adapter';
  const shared = tiedModules(facts).includes(head) ? [head, facts.inputEmbeddings] : [head];
  const biased = facts.modules.some(({ name, bias }) => name === head && bias);
  return biased && rows.some(({ name }) => shared.includes(name)) ? 'rows' : null;
}

function unusedPatterns(lora: LoraSettings, adapted: readonly string[]): Finding[] {
  const keys = [
    ...Object.keys(lora.rank_pattern ?? {}).map((key) => ['rank_pattern', key] as const),
    ...Object.keys(lora.alpha_pattern ?? {}).map((key) => ['alpha_pattern', key] as const),
  ];
  return keys
    .filter(([setting, key]) => !adapted.some((name) => patternKey(key, setting).test(name)))
    .map(([setting, key]) => ({
      code: 'M007',
      name: 'pattern-matches-nothing',
      severity: 'warning',
      message: `lora.${setting}: ${JSON.stringify(key)} matches no adapted layer and has no effect`,
    }));
}
