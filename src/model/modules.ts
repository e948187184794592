// A model without its weights: the modules that hold parameters, under the names that transformers gives them.

/** What PEFT does with a module depends on its kind; `conv1d` is GPT-2's transposed linear layer. */
export type ModuleKind = 'linear' | 'conv1d' | 'embedding' | 'norm';

export interface ModelModule {
  /** As in `named_modules()`, e.g. `model.layers.0.self_attn.q_proj`. */
  name: string;
  kind: ModuleKind;
  /** Output features; the hidden size of an embedding, the length of a norm. */
  out: number;
  /** Input features; the rows of an embedding, 0 for a norm. */
  in: number;
  bias: boolean;
  /** The module whose weight it shares. */
  tiedTo: string | null;
}

/** The sizes that the memory forecast and `lorch model show` speak of. */
export interface ModelSizes {
  layers: number;
  hidden: number;
  intermediate: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
}

export interface ModelFacts {
  architecture: string;
  modelType: string;
  sizes: ModelSizes;
  modules: ModelModule[];
  inputEmbeddings: string;
  outputEmbeddings: string;
}

/** Elements of a module's weight. */
export function weightCount(module: ModelModule): number {
  return module.kind === 'norm' ? module.out : module.out * module.in;
}

/** Elements of weight and bias, shared or not. */
export function moduleCount(module: ModelModule): number {
  return weightCount(module) + (module.bias ? module.out : 0);
}

/** Parameters of the whole model; a shared weight counts once. */
export function countParameters(modules: readonly ModelModule[]): number {
  return modules.reduce(
    (sum, module) => sum + moduleCount(module) - (module.tiedTo === null ? 0 : weightCount(module)),
    0,
  );
}

/** Shorthands for the families' files. */
export const build = {
  linear: (name: string, out: number, into: number, bias = false): ModelModule => ({
    name,
    kind: 'linear',
    out,
    in: into,
    bias,
    tiedTo: null,
  }),
  conv1d: (name: string, out: number, into: number): ModelModule => ({
    name,
    kind: 'conv1d',
    out,
    in: into,
    bias: true,
    tiedTo: null,
  }),
  embedding: (name: string, rows: number, hidden: number): ModelModule => ({
    name,
    kind: 'embedding',
    out: hidden,
    in: rows,
    bias: false,
    tiedTo: null,
  }),
  norm: (name: string, length: number, bias = false): ModelModule => ({
    name,
    kind: 'norm',
    out: length,
    in: 0,
    bias,
    tiedTo: null,
  }),
  /** The output head, which shares the embedding's weight where the config ties them. */
  head: (name: string, vocab: number, hidden: number, tiedTo: string | null): ModelModule => ({
    name,
    kind: 'linear',
    out: vocab,
    in: hidden,
    bias: false,
    tiedTo,
  }),
};
