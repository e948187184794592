// Names and shapes from safetensors headers, and whether they are those that config.json builds.
import type { Finding } from '../diagnostics/finding.ts';
import { type ModelFacts, parametersOf } from './modules.ts';
import { builtShapes } from './stored-names.ts';
import type { TensorShape, TensorShapes } from './tensor-shapes.ts';

/** Bits of an element; every other dtype of safetensors has 8. */
const dtypeBits: Record<string, number> = {
  ...{ C64: 64, F64: 64, I64: 64, U64: 64, F32: 32, I32: 32, U32: 32 },
  ...{ F16: 16, BF16: 16, I16: 16, U16: 16, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
};

/** Elements of one tensor. */
export function countElements({ shape }: TensorShape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Elements and bytes of all tensors, and elements by dtype; buffers that are not parameters are left out. */
export function summarizeTensors(tensors: TensorShapes): {
  parameters: number;
  bytes: number;
  dtypes: Record<string, number>;
} {
  let parameters = 0;
  let bytes = 0;
  const dtypes: Record<string, number> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    const { dtype } = tensor;
    const elements = countElements(tensor);
    bytes += (elements * (dtypeBits[dtype] ?? 8)) / 8;
    if (isBuffer(name)) continue;
    parameters += elements;
    dtypes[dtype] = (dtypes[dtype] ?? 0) + elements;
  }
  return { parameters, bytes, dtypes };
}

/** Masks and rotary frequencies that older exports stored. */
function isBuffer(name: string): boolean {
  return /\.(attn|attention|self_attn|self_attention)\.(bias|masked_bias)$|rotary_emb\.inv_freq$/.test(name);
}

/** Where the tensors contradict the config: at most one finding, naming the first differences. */
export function compareTensors(facts: ModelFacts, tensors: TensorShapes): Finding[] {
  const stored = builtShapes(facts, tensors);
  const differences: string[] = [];
  for (const module of facts.modules) {
    for (const { name, shape } of parametersOf(module)) {
      const found = stored.get(name);
      if (!found) {
        // A tied weight is stored once.
        if (module.tiedTo === null) differences.push(`${name} is missing`);
      } else if (found.join('×') !== shape.join('×')) {
        differences.push(`${name} is ${found.join('×')}, config.json says ${shape.join('×')}`);
      }
    }
  }
  if (differences.length === 0) return [];
  const more = differences.length > 3 ? ` and ${differences.length - 3} more` : '';
  return [
    {
      code: 'M014',
      name: 'tensors-differ',
      severity: 'warning',
      message: `the tensors differ from config.json: ${differences.slice(0, 3).join('; ')}${more}`,
      hint: 'is this the config of these weights, and the download complete?',
      data: { differences },
    },
  ];
}
