// trainable_token_indices: single rows of embeddings that train (peft/utils/other.py, set_additional_trainable_modules).
import type { Finding } from '../diagnostics/finding.ts';
import { asError, leafOf, suggest } from './faults.ts';
import { type LoraSettings, refused } from './lora-settings.ts';
import type { ModelFacts, ModelModule } from './modules.ts';
import { tiedModules } from './weight-tying.ts';

/**
 * The embeddings whose rows train, and how many parameters that is: n·hidden each; a tied head follows the input
 * embedding at no cost. Throws UserError M019 for names that match nothing and M005 for what PEFT refuses.
 */
export function trainableTokens(
  facts: ModelFacts,
  asked: LoraSettings,
  targets: readonly ModelModule[],
): { module: ModelModule; count: number }[] {
  const given = asked.trainable_token_indices;
  if (given == null) return [];
  const byName = Array.isArray(given) ? { [facts.inputEmbeddings]: given } : given;
  const faults = unmatched(facts, Object.keys(byName));
  if (faults.length > 0) throw asError(faults);
  const rows = Object.entries(byName).flatMap(([name, tokens]) => rowsOf(facts, name, tokens));
  for (const { name } of rows.map(({ module }) => module)) {
    refuseOtherTraining(name, asked, targets);
  }
  const followers = tiedRows(facts, asked, rows);
  return rows
    .filter((row) => !followers.has(row))
    .map(({ module, tokens }) => ({ module, count: tokens.length * hiddenOf(module) }));
}

interface Rows {
  module: ModelModule;
  tokens: number[];
}

function rowsOf(facts: ModelFacts, ending: string, tokens: number[]): Rows[] {
  const named = facts.modules.filter(({ name }) => name.endsWith(ending));
  return named.map((module) => {
    if (!holdsTokens(module, facts)) {
      throw refused(
        `trainable_token_indices: ${JSON.stringify(ending)} matches ${module.name}, which is not an embedding`,
        `name ${embeddingsOf(facts).join(' or ')}`,
      );
    }
    const size = module.kind === 'embedding' ? module.in : module.out;
    const outside = tokens.find((token) => token < 0 || token >= size);
    if (outside !== undefined) {
      throw refused(`trainable_token_indices: ${module.name} has no row ${outside}, only 0 to ${size - 1}`);
    }
    return { module, tokens };
  });
}

/** An embedding trains whole, by an adapter, or row by row. */
function refuseOtherTraining(name: string, lora: LoraSettings, targets: readonly ModelModule[]): void {
  if ((lora.modules_to_save ?? []).some((saved) => name.endsWith(saved))) {
    throw refused(
      `${name} is in modules_to_save and in trainable_token_indices`,
      'train all its rows or some of them: name it in one of the two',
    );
  }
  if (targets.some((target) => target.name === name)) {
    throw refused(
      `${name} is in target_modules and in trainable_token_indices`,
      'adapt it or train some of its rows: name it in one of the two',
    );
  }
}

/** Rows of a tied head that are the embedding's own: the same tokens, or all that are ensured to be the same. */
function tiedRows(facts: ModelFacts, lora: LoraSettings, rows: readonly Rows[]): Set<Rows> {
  const tied = tiedModules(facts);
  const source = rows.find(({ module }) => module.name === facts.inputEmbeddings);
  const heads = rows.filter(({ module }) => tied.includes(module.name));
  if (!source) return new Set();
  const other = heads.find(({ tokens }) => !sameTokens(tokens, source.tokens));
  if (other && lora.ensure_weight_tying) {
    throw refused(
      `trainable_token_indices gives ${other.module.name} other tokens than ${source.module.name}, whose weight it shares`,
      'give both the same tokens, or leave ensure_weight_tying out',
    );
  }
  return new Set(heads.filter((head) => head !== other));
}

/** A finding (M019) for each name that no module ends with. */
function unmatched(facts: ModelFacts, endings: readonly string[]): Finding[] {
  return endings
    .filter((ending) => !facts.modules.some(({ name }) => name.endsWith(ending)))
    .map((ending) => ({
      code: 'M019',
      name: 'token-embedding-matches-nothing',
      severity: 'error',
      message: `lora.trainable_token_indices: ${JSON.stringify(ending)} matches no embedding of ${facts.architecture}`,
      hint: suggest(ending, embeddingsOf(facts)),
      data: { module: ending },
    }));
}

function embeddingsOf(facts: ModelFacts): string[] {
  return facts.modules.filter((module) => holdsTokens(module, facts)).map(({ name }) => leafOf(name));
}

function holdsTokens(module: ModelModule, facts: ModelFacts): boolean {
  return module.kind === 'embedding' || module.name === facts.outputEmbeddings;
}

function hiddenOf(module: ModelModule): number {
  return module.kind === 'embedding' ? module.out : module.in;
}

function sameTokens(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
