// Checks from shapes alone whether the tensors of an adapter fit a base model.
import type { TrainedModule } from './count-lora.ts';
import { holderOf, type ModelFacts, type ModelModule } from './modules.ts';
import type { TensorShapes } from './tensor-shapes.ts';

export interface StoredAdapter {
  tensors: TensorShapes;
  /** Modules by the base's names, with the elements that the file has for each. */
  modules: readonly { name: string; trainable: number }[];
}

/** Why the tensors do not fit the base; null if nothing contradicts. `facts` null: the architecture is unknown. */
export function adapterMisfit(
  { tensors, modules }: StoredAdapter,
  facts: ModelFacts | null,
  expected: readonly TrainedModule[],
): string | null {
  const wrong = facts && firstWrongShape(tensors, facts);
  if (wrong) return wrong;
  const stored = new Map(modules.map(({ name, trainable }) => [name, trainable]));
  const known = new Map(expected.map((module) => [module.name, module]));
  // Expert parameters are nested in one another, and tied weights are stored once: those the trainer compares.
  const loose = (name: string) =>
    name.endsWith('.base_layer') ||
    [...stored.keys()].some((each) => each === `${name}.base_layer`) ||
    (facts !== null && [facts.inputEmbeddings, facts.outputEmbeddings].includes(name));
  for (const { name, trainable, in: into } of expected) {
    const found = stored.get(name);
    if (loose(name) || (into === 0 && facts)) continue;
    if (found === undefined) return `its settings name ${name}, but it has no weights for that module`;
    if (found !== trainable)
      return `it has ${found} numbers for ${name}, but its settings give ${trainable} on this base`;
  }
  if (facts) return null;
  const extra = modules.find(({ name }) => !loose(name) && !known.has(name));
  return extra ? `it adapts ${extra.name}, which this base does not have` : null;
}

/** The first tensor whose module the base lacks or has in another size. */
function firstWrongShape(tensors: TensorShapes, facts: ModelFacts): string | null {
  const byName = new Map(facts.modules.map((module) => [module.name, module]));
  const holders = new Set(facts.modules.map(holderOf));
  for (const [stored, tensor] of Object.entries(tensors)) {
    const { name, part } = nameOf(stored);
    if (stored.includes('.base_layer.')) continue;
    const module = byName.get(name);
    if (!module) {
      if (part !== null && !holders.has(name)) return `it adapts ${name}, which this base does not have`;
      continue;
    }
    if (!fits(module, part, tensor.shape))
      return `${name} is ${module.shape.join(' × ')} in this base, and the adapter's ${part ?? 'copy'} is ${tensor.shape.join(' × ')}`;
  }
  return null;
}

/** `base_model.model.NAME.lora_A.weight` → NAME and `lora_A`; of a whole copy the part is null. */
function nameOf(stored: string): { name: string; part: string | null } {
  const plain = stored.replace(/^base_model\.model\./, '');
  const match = /^(.+?)\.(lora_\w+)(?:\..*)?$/.exec(plain);
  if (match?.[1] && match[2]) return { name: match[1], part: match[2] };
  return { name: plain.replace(/\.(weight|bias)$/, ''), part: null };
}

/** A is (r, in) and B (out, r), those of embeddings too; a copy has the shape of what it copies. The rest is not judged. */
function fits(module: ModelModule, part: string | null, shape: readonly number[]): boolean {
  const layer = ['linear', 'conv1d', 'embedding'].includes(module.kind);
  if (!layer || shape.length !== 2) return true;
  if (part === null) return shape.join() === module.shape.join();
  if (/^lora_(embedding_)?A$/.test(part)) return shape[1] === module.in;
  return !/^lora_(embedding_)?B$/.test(part) || shape[0] === module.out;
}
