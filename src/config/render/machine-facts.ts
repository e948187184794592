/** Capabilities of the training machine. */
export interface MachineFacts {
  device: 'cuda' | 'cpu';
  /** Whether its GPU computes in bfloat16 (Ampere or newer). CPUs do. */
  bf16Supported: boolean;
}
