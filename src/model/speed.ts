// How fast training goes if nothing was measured: FLOPs per token by formula, against the peak of the GPU.
import { type ModelFacts, weightCount } from './modules.ts';

/**
 * FLOPs to train on one token of a frozen base: 4 per weight that multiplies it (2 forward, 2 back to its input), 2 more
 * if gradient checkpointing runs forward again, and attention, whose backward is whole: 2·s·heads·head_dim a layer
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

export interface TokenFlops {
  /** Those that are done, the second forward of checkpointing included: what speeds of runs are scaled by. */
  done: number;
  /** Those that the result needs: what shares of a peak are published for. */
  useful: number;
}

/** Both counts of `flopsPerToken` for one run. */
export function tokenFlops(
  facts: ModelFacts,
  settings: { checkpointing: boolean; sequenceTokens: number },
): TokenFlops {
  return {
    done: flopsPerToken(facts, settings),
    useful: flopsPerToken(facts, { ...settings, checkpointing: false }),
  };
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
