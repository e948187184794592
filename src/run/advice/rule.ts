// An advice rule: one file per rule, a pure function of plain facts about a plan.

/** The facts for the rules. Null means unknown; a rule that needs the fact then gives no advice. */
export interface AdviceFacts {
  /** Parameters of the base alone. */
  baseParameters: number | null;
  hidden: number | null;
  /** Parameters of stacked experts; 0 in a dense model. */
  expertParameters: number | null;
  /** Trainable parameters, including saved modules. */
  trainable: number | null;
  /** Full names of the modules with an adapter, without those that are trained in full. */
  adapted: readonly string[] | null;
  r: number;
  alpha: number;
  rslora: boolean;
  dropout: number;
  /** Bits of the quantized base; null without quantization. */
  bits: 4 | 8 | null;
  attention: string;
  learningRate: number;
  optimizer: string;
  /** Rows, or packed sequences, on the device at once. */
  deviceBatch: number;
  accumulation: number;
  packing: boolean;
  steps: { total: number; perEpoch: number };
  /** Null if rows are not cut. */
  maxLength: number | null;
  /** Each row once, regardless of its weight. */
  rows: { train: number; validation: number };
  /** For one pass over the training rows, each once. */
  trainedTokens: number;
  truncatedRows: number;
  /** Rows that lost the end of their last answer. */
  lostEnds: number;
  /** The 99th percentile of row lengths before cuts, in tokens. */
  uncutP99: number;
  /** Whether the config asks for validation. */
  validates: boolean;
  /** Validation rows whose prompt a training row has, too. */
  sharedPrompts: number;
  /** Expected share of padding among the positions of a batch; null if nothing is padded. */
  padding: number | null;
  /** Control tokens in the rows with a zero embedding that is not trained; null if the weights are not on this machine. */
  untrainedTokens: { id: number; token: string; rows: number }[] | null;
  /** Training rows and tokens by source. */
  sources: readonly {
    /** Its path in the config: `dataset.train.1`. */
    setting: string;
    path: string;
    weight: number;
    /** Each once. */
    rows: number;
    /** Of one epoch, repeats included. */
    fedTrainedTokens: number;
    template: string;
    templateSha256: string;
  }[];
  /** The template that inference uses. */
  template: { kind: string; sha256: string };
  /** Whether the head has the embedding's weight; null: not known. */
  tiedHead: boolean | null;
  /** Whether the run would fit the GPU without quantization; null without a GPU or quantization. */
  unquantized: { verdict: 'fits' | 'tight' | 'does_not_fit'; totalBytes: number; gpu: string } | null;
}

/** A rule's result with this plan's figures. */
interface Advice {
  message: string;
  hint: string;
  data: Record<string, unknown>;
}

export interface AdviceRule {
  code: string;
  name: string;
  /** Advice never stops a run. */
  severity: 'note' | 'warning';
  title: string;
  /** The reason, and what to do. */
  prose: string;
  /** The threshold, in one sentence. */
  threshold: string;
  /** Who found it: paper, documentation or measurement. */
  source: string;
  check(facts: AdviceFacts): Advice | null;
}
