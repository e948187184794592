// Shared by the rules on learning rates: rates are only compared for optimizers like Adam.
import type { AdviceFacts } from './rule.ts';

/** Adam normalises its steps; SGD, Adafactor and Lion have other usual rates. */
export function isAdam(optimizer: string): boolean {
  return /^(paged_)?adamw_|ademamix/.test(optimizer);
}

/** From this size on, the authors of QLoRA halved the rate. */
export const largeBase = 33e9;

/** QLoRA's rates: 2e-4 for 7B and 13B, 1e-4 for 33B and 65B. */
export function usualRate({ baseParameters }: AdviceFacts): number {
  return (baseParameters ?? 0) >= 0.95 * largeBase ? 1e-4 : 2e-4;
}

/** Tinker's rate for LoRA on Llama models of this hidden size; below 2,048 it is an extrapolation. */
export function rateForHidden(hidden: number): number {
  return 5e-4 * (2000 / hidden) ** 0.781;
}

/** The rate as written in a config. */
export function writeRate(rate: number): string {
  return rate.toExponential().replace(/^(\d)e/, '$1.0e');
}
