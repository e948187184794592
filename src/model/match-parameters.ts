// target_parameters: single parameters that get an adapter (PEFT's ParamWrapper), stacked experts above all.
import type { Finding } from '../diagnostics/finding.ts';
import { leafOf, suggest } from './faults.ts';
import { type LoraSettings, refused } from './lora-settings.ts';
import { type ModelFacts, type ModelModule, parametersOf } from './modules.ts';

export interface AdaptedParameter {
  /** Full name, as in `named_parameters()`. */
  name: string;
  /** Two dimensions, or three with the experts first. */
  shape: readonly number[];
  /** The module that holds it, or the parameter itself if that is none. */
  module: ModelModule;
}

/**
 * The parameters that target_parameters names, by full name or ending; layer filters and exclusions do not reach
 * them. `targeted` holds the modules that get an adapter already. Throws UserError M005 for what PEFT refuses.
 */
export function matchParameters(
  facts: ModelFacts,
  lora: LoraSettings,
  targeted: ReadonlySet<string>,
): AdaptedParameter[] {
  const wanted = lora.target_parameters ?? [];
  const matched = everyParameter(facts).filter(({ name }) => isMeant(wanted, name));
  const [first] = matched;
  if (!first) return [];
  refuseSettings(lora, first);
  for (const { name, shape, module } of matched) {
    if (shape.length !== 2 && shape.length !== 3) {
      throw refused(
        `target_parameters matches ${name} of shape ${shape.join('×')}`,
        'only parameters of two or three dimensions can be adapted',
      );
    }
    if (targeted.has(module.name)) {
      throw refused(
        `${module.name} is adapted by target_modules already, and target_parameters names its ${leafOf(name)}`,
        lora.target_modules == null
          ? 'set target_modules: [] to adapt parameters only'
          : 'name it in one of the two',
      );
    }
  }
  return matched;
}

/** Settings that PEFT's ParamWrapper does not support. */
function refuseSettings(lora: LoraSettings, parameter: AdaptedParameter): void {
  const off: Record<string, [boolean, string]> = {
    lora_dropout: [lora.lora_dropout > 0, '0'],
    use_dora: [lora.use_dora === true, 'false'],
    lora_bias: [lora.lora_bias === true, 'false'],
    fan_in_fan_out: [lora.fan_in_fan_out === true, 'false'],
  };
  for (const [setting, [isSet, neutral]] of Object.entries(off)) {
    if (!isSet) continue;
    throw refused(
      `${setting} is not possible for the parameter ${parameter.name}`,
      `set ${setting}: ${neutral}, or adapt linear layers only`,
    );
  }
}

/** A finding (M018) for each name that no parameter ends with. */
export function unmatchedParameters(facts: ModelFacts, wanted: readonly string[]): Finding[] {
  const all = everyParameter(facts).filter(({ shape }) => shape.length === 2 || shape.length === 3);
  const endings = all.map(({ name }) => name.split('.').slice(-2).join('.'));
  return wanted
    .filter((target) => !everyParameter(facts).some(({ name }) => isMeant([target], name)))
    .map((target) => ({
      code: 'M018',
      name: 'parameter-matches-nothing',
      severity: 'error',
      message: `lora.target_parameters: ${JSON.stringify(target)} matches no parameter of ${facts.architecture}`,
      hint: suggest(target, [...endings, ...all.map(({ name }) => leafOf(name))].filter(isTelling)),
      data: { parameter: target },
    }));
}

/** `weight` alone matches nearly everything. */
function isTelling(name: string): boolean {
  return name !== 'weight';
}

function isMeant(wanted: readonly string[], name: string): boolean {
  return wanted.some((target) => name === target || name.endsWith(`.${target}`));
}

function everyParameter(facts: ModelFacts): AdaptedParameter[] {
  return facts.modules.flatMap((module) => parametersOf(module).map((each) => ({ ...each, module })));
}
