// How fast training goes where nothing was measured: FLOPs per token by formula, against the peak of the GPU.
import { type ModelFacts, weightCount } from './modules.ts';

/**
 * FLOPs to train on one token of a frozen base: 4 per weight that multiplies it (2 forward, 2 back to its input), 2 more
 * where gradient checkpointing runs forward again, and attention, whose backward is whole: 2·s·heads·head_dim a layer
 * and pass, the mask halving it. `sequenceTokens`: how long a token's sequence is.
 */
export function flopsPerToken(
  facts: ModelFacts,
  settings: { checkpointing: boolean; sequenceTokens: number },
): number {
  const { layers, heads, headDim } = facts.sizes;
  const passes = settings.checkpointing ? 1 : 0;
  const attention = 2 * settings.sequenceTokens * heads * headDim * layers;
  return (4 + 2 * passes) * activeWeights(facts) + (3 + passes) * attention;
}

/** Weights that multiply each token: linear layers with the head, and of the experts those that are chosen. */
function activeWeights({ modules, sizes }: ModelFacts): number {
  const share = sizes.experts ? sizes.experts.perToken / sizes.experts.count : 1;
  return modules.reduce((sum, module) => {
    if (module.kind === 'linear' || module.kind === 'conv1d') return sum + weightCount(module);
    return module.kind === 'experts' ? sum + share * weightCount(module) : sum;
  }, 0);
}

/** Share of the peak that published LoRA runs reached: median, and the range without the implausible (docs/forecasts.md). */
export const publishedUse = { low: 0.17, typical: 0.33, high: 0.47 };

// Dense bf16 peaks in FLOP/s from the makers' data sheets; the longer name stands before the one it contains.
const peaks: readonly [RegExp, number][] = [
  [/H100.*PCIe/i, 756e12],
  [/H100.*NVL/i, 835e12],
  [/H100|H200/i, 989e12],
  [/A100/i, 312e12],
  [/L40S/i, 362e12],
  [/A6000/i, 155e12],
  [/A10G/i, 70e12],
  [/A10\b/i, 125e12],
  [/L4\b/i, 121e12],
  [/RTX ?4090/i, 165e12],
  [/RTX ?3090/i, 71e12],
];

/** Dense bf16 FLOP/s of a GPU as the driver names it; null where it is not in the table. */
export function peakFlops(gpu: string): number | null {
  return peaks.find(([name]) => name.test(gpu))?.[1] ?? null;
}
