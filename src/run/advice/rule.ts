// What a piece of advice is: one file a rule, a pure function over plain facts of a plan.

/** What the rules look at. Null: it is not known, and a rule that needs it is silent. */
export interface AdviceFacts {
  /** Parameters of the base alone. */
  baseParameters: number | null;
  hidden: number | null;
  /** Parameters of stacked experts; 0 in a dense model. */
  expertParameters: number | null;
  /** Trainable parameters, saved modules included. */
  trainable: number | null;
  /** Full names of the modules that get an adapter; without those that are trained in full. */
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
  /** Null: rows are not cut. */
  maxLength: number | null;
  /** Each once, however often its weight feeds it. */
  rows: { train: number; validation: number };
  /** Of one pass over the training rows, each once. */
  trainedTokens: number;
  truncatedRows: number;
  /** Rows that lost the end of their last answer. */
  lostEnds: number;
  /** Tokens that 99 % of the rows stay within, uncut. */
  uncutP99: number;
  /** Whether the config asks for validation. */
  validates: boolean;
  /** Validation rows whose prompt a training row has, too. */
  sharedPrompts: number;
  /** Expected share of padding among the positions of a batch; null if nothing is padded. */
  padding: number | null;
  /** Control tokens of the rows with an empty embedding that stays as it is; null if the weights are not at hand. */
  untrainedTokens: { id: number; token: string; rows: number }[] | null;
  /** What is trained on, by source. */
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
  /** How the run would stand on the GPU without quantization; null without a GPU or quantization. */
  unquantized: { verdict: 'fits' | 'tight' | 'does_not_fit'; totalBytes: number; gpu: string } | null;
}

/** What a rule found, in this plan's own figures. */
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
  /** When it speaks, in one sentence. */
  threshold: string;
  /** Who found it: paper, documentation or measurement. */
  source: string;
  check(facts: AdviceFacts): Advice | null;
}
