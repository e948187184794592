// modules_to_save: full copies that train beside the frozen originals.
import type { Finding } from '../diagnostics/finding.ts';
import { asError, leafOf, suggest } from './faults.ts';
import { type LoraSettings, refused } from './lora-settings.ts';
import type { ModelFacts, ModelModule } from './modules.ts';
import { allModuleNames } from './target-matcher.ts';

/**
 * Names of the modules and blocks that are copied: every name that ends so, without a dot before it, as PEFT compares.
 * `lora` has its weight tying resolved. Throws UserError M002 for names that match nothing, M005 for a copy in a copy.
 */
export function savedModules(facts: ModelFacts, asked: LoraSettings, lora: LoraSettings): string[] {
  const all = allModuleNames(facts);
  const faults = (asked.modules_to_save ?? [])
    .filter((name) => !all.some((each) => each.endsWith(name)))
    .map((name): Finding => {
      const endings = facts.modules.map((module) => leafOf(module.name));
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
  const saved = all.filter((each) => (lora.modules_to_save ?? []).some((name) => each.endsWith(name)));
  const outer = saved.find((block) => saved.some((name) => name.startsWith(`${block}.`)));
  if (outer !== undefined) {
    throw refused(
      `modules_to_save names ${outer} and a module inside it, which PEFT would copy twice`,
      'name the block, or what is inside',
    );
  }
  return saved;
}

/** Whether a module lies in a block, or is it. */
export function isInside(module: ModelModule, block: string): boolean {
  return module.name === block || module.name.startsWith(`${block}.`);
}
