// The peak memory of the loss. TRL never builds all logits: it projects tiles of tokens × vocabulary.
export interface LossSizes {
  /** Positions on the device at once. */
  tokens: number;
  hidden: number;
  vocab: number;
  /** Bytes of one element in the forward pass. */
  width: number;
  /** Whether the output head itself is trained (modules_to_save): its gradient is gathered in fp32. */
  trainsHead: boolean;
  device: 'cuda' | 'cpu';
}

// trl/kernels/chunked_logprob.py and add_fused_lm_head of TRL 1.16.
const tileTokens = 4096;
const tileVocab = 32_768;
/** Copies of a tile in fp32 without Triton, counted with torch's profiler at 8 sizes (7.25 to 7.38). */
const cpuCopies = 7.3;

/** TRL's fused head: a tile of logits, the hidden states, and their gradient in fp32. Same for `nll` and `dft`. */
export function fusedLossBytes({ tokens, hidden, vocab, width, trainsHead, device }: LossSizes): number {
  const rows = Math.min(tokens, tileTokens);
  const columns = Math.min(vocab, tileVocab);
  // On the GPU the buffer has all its columns; on the CPU only what is touched becomes resident.
  const tile = device === 'cuda' ? rows * tileVocab * width : rows * columns * (width + 4 * cpuCopies);
  return tile + tokens * hidden * (width + 4) + (trainsHead ? 4 * vocab * hidden : 0);
}

/** All logits, their log-probabilities and gradients: label smoothing in TRL, and programs without a fused loss. */
export function fullLossBytes({ tokens, vocab }: Pick<LossSizes, 'tokens' | 'vocab'>): number {
  return 12 * tokens * vocab;
}
