// Checkpoints keep the names of their time: what transformers 5 makes of them when it loads (conversion_mapping.py).
import type { ModelFacts } from './modules.ts';
import type { TensorShapes } from './tensor-shapes.ts';

type Rename = (name: string) => string;

const renames: Readonly<Record<string, Rename>> = {
  gpt_neox: (name) => name.replace(/^embed_out\./, 'lm_head.'),
  gpt2: (name) => (/^(transformer|lm_head)\./.test(name) ? name : `transformer.${name}`),
  opt: (name) => (name.startsWith('decoder.') ? `model.${name}` : name),
  mixtral: (name) => name.replace('.block_sparse_moe.', '.mlp.'),
  gemma3: (name) =>
    name
      .replace(/^language_model\.lm_head\./, 'lm_head.')
      .replace(/^language_model\.model\./, 'model.language_model.')
      .replace(/^(vision_tower|multi_modal_projector)\./, 'model.$1.')
      .replace(/^model\.vision_tower\.vision_model\./, 'model.vision_tower.'),
};

const oneExpert = /^(.*\.experts)\.\d+\.(w1|w2|w3|gate_proj|up_proj|down_proj)\.weight$/;
const halves = { gate: ['w1', 'gate_proj'], up: ['w3', 'up_proj'], down: ['w2', 'down_proj'] };

/** Shapes under the names of the built model; experts that are stored one by one become the stack they load as. */
export function builtShapes(facts: ModelFacts, tensors: TensorShapes): Map<string, readonly number[]> {
  const rename = renames[facts.modelType] ?? ((name: string) => name);
  const shapes = new Map<string, readonly number[]>();
  /** By container and projection, the shapes of all its experts. */
  const experts = new Map<string, Map<string, (readonly number[])[]>>();
  for (const [stored, { shape }] of Object.entries(tensors)) {
    const name = rename(stored);
    const expert = oneExpert.exec(name);
    if (!expert) {
      shapes.set(name, shape);
      continue;
    }
    const [, container = '', projection = ''] = expert;
    const projections = experts.get(container) ?? new Map<string, (readonly number[])[]>();
    experts.set(container, projections);
    projections.set(projection, [...(projections.get(projection) ?? []), shape]);
  }
  for (const [container, projections] of experts) {
    const part = (names: readonly string[]) => names.flatMap((name) => projections.get(name) ?? []);
    const [gate, up, down] = [part(halves.gate), part(halves.up), part(halves.down)];
    const fused = stack(gate).map((size, dimension) => (dimension === 1 ? size + (stack(up)[1] ?? 0) : size));
    if (gate.length > 0) shapes.set(`${container}.gate_up_proj`, fused);
    if (down.length > 0) shapes.set(`${container}.down_proj`, stack(down));
  }
  return shapes;
}

/** (E, out, in) of E experts; what differs from the first is told by a size of 0. */
function stack(experts: readonly (readonly number[])[]): number[] {
  const [first] = experts;
  if (!first) return [];
  const same = experts.every((shape) => shape.join() === first.join());
  return [same ? experts.length : 0, ...first];
}
