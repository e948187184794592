// The cost of computed starts of an adapter: PiSSA and OLoRA move a part of each weight into the adapter, and are
// saved as a LoRA of twice the rank over the original base (src/trainer/lorch_trainer/adapters/lora_start.py).
import { UserError } from '../diagnostics/user-error.ts';
import type { LoraCount } from './count-lora.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Whether the start changes the base, so that the saved adapter needs twice the rank. */
export function splitsBase({ init_lora_weights: init }: Settings): boolean {
  return typeof init === 'string' && /^(pissa|olora)/.test(init);
}

/** Modules with A and B matrices, and the rank of those. Without what is trained in full or by rows. */
function adapted(
  count: LoraCount,
  lora: Settings,
): { name: string; in: number; out: number; rank: number }[] {
  const whole = [...listOf(lora.modules_to_save), ...tokenModules(lora.trainable_token_indices)];
  return count.modules
    .filter(({ name }) => !whole.some((each) => name === each || name.endsWith(`.${each}`)))
    .map(({ name, in: inputs, out, trainable }) => {
      // r·(in + out), and beside it at most a magnitude and a bias for each output, which is less than in + out.
      const own = trainable - (lora.use_dora === true ? out : 0);
      return { name, in: inputs, out, rank: Math.floor(own / (inputs + out)) };
    })
    .filter(({ rank }) => rank > 0);
}

/** Parameters of A and B matrices alone, without magnitudes, biases and what is trained in full. */
export function matrixParameters(count: LoraCount, lora: Settings): number {
  return adapted(count, lora).reduce((sum, { rank, in: inputs, out }) => sum + rank * (inputs + out), 0);
}

/**
 * Bytes that decomposing the largest weight takes, in fp32: the weight and what is left of it, and its factors with the
 * workspace of LAPACK's gesdd (4·k² for k singular values). `pissa_niter_N` finds 2·r vectors alone.
 */
export function decompositionBytes(count: LoraCount, lora: Settings): number {
  if (!splitsBase(lora)) return 0;
  const init = String(lora.init_lora_weights);
  const sizes = adapted(count, lora).map(({ in: inputs, out, rank }) => {
    const shorter = Math.min(inputs, out);
    const k = init.startsWith('pissa_niter') ? Math.min(2 * rank, shorter) : shorter;
    return 2 * inputs * out + k * (inputs + out) + (init === 'pissa' ? 4 * k ** 2 : 0);
  });
  return 4 * Math.max(0, ...sizes);
}

/** Throws UserError M005 if a weight has fewer singular vectors than the rank asks for. */
export function refuseLargeRank(count: LoraCount, lora: Settings): void {
  if (!splitsBase(lora)) return;
  for (const { name, in: inputs, out, rank } of adapted(count, lora)) {
    if (rank <= Math.min(inputs, out)) continue;
    throw new UserError(
      'M005',
      `lora: ${lora.init_lora_weights} takes ${rank} directions of ${name}, which has ${Math.min(inputs, out)}`,
      { hint: `lora.r: ${Math.min(inputs, out)} or less; or init_lora_weights: true` },
    );
  }
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function tokenModules(value: unknown): string[] {
  if (Array.isArray(value)) return ['embed_tokens', 'wte', 'embed_in'];
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
