// A model without its weights: the modules that hold parameters, under the names that transformers gives them.

/**
 * What PEFT and bitsandbytes do with a module depends on its kind. `conv1d` is GPT-2's transposed linear layer.
 * `experts` and `parameter` are not modules but single parameters of a block, under the parameter's full name:
 * the weights of all experts of a layer stacked in one (E, a, b), and anything else that belongs to no layer
 * (routers, attention sinks, projections of vision models). bitsandbytes quantizes `linear` and `conv1d` alone.
 */
type ModuleKind = 'linear' | 'conv1d' | 'conv2d' | 'embedding' | 'norm' | 'experts' | 'parameter';

export interface ModelModule {
  /** As in `named_modules()`, e.g. `model.layers.0.self_attn.q_proj`; as in `named_parameters()` for single parameters. */
  name: string;
  kind: ModuleKind;
  /** The weight's shape as transformers stores it: (out, in), (E, out, in), …. */
  shape: readonly number[];
  /** Output features, of one expert; the hidden size of an embedding, the length of a norm. */
  out: number;
  /** Input features, of one expert; the rows of an embedding, 0 for what has one dimension. */
  in: number;
  bias: boolean;
  /** The module whose weight it shares. */
  tiedTo: string | null;
}

/** The sizes that the memory forecast and `lorch model show` speak of; of the language model in a vision model. */
export interface ModelSizes {
  layers: number;
  hidden: number;
  intermediate: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
  /** Of the mixture-of-experts layers, if the model has them. */
  experts?: { count: number; perToken: number; intermediate: number };
}

export interface ModelFacts {
  architecture: string;
  modelType: string;
  sizes: ModelSizes;
  modules: ModelModule[];
  /** Modules without parameters (activations, rotary tables): a pattern may match them, and PEFT refuses then. */
  inert: string[];
  /** Values of attn_implementation that the class refuses. */
  refusedAttention: readonly string[];
  /** Blocks that only images reach; empty for models of text. */
  imageBlocks: string[];
  inputEmbeddings: string;
  outputEmbeddings: string;
}

/** A single parameter of a block rather than a module of its own. */
export function isSingleParameter({ kind }: ModelModule): boolean {
  return kind === 'experts' || kind === 'parameter';
}

/** The module that holds the weight: the block of a single parameter, otherwise the module itself. */
export function holderOf(module: ModelModule): string {
  return isSingleParameter(module) ? module.name.slice(0, module.name.lastIndexOf('.')) : module.name;
}

/** Every parameter by its full name and shape, as `named_parameters(remove_duplicate=False)` lists them. */
export function parametersOf(module: ModelModule): { name: string; shape: readonly number[] }[] {
  if (isSingleParameter(module)) return [{ name: module.name, shape: module.shape }];
  const weight = { name: `${module.name}.weight`, shape: module.shape };
  return module.bias ? [weight, { name: `${module.name}.bias`, shape: [module.out] }] : [weight];
}

/** Elements of a module's weight. */
export function weightCount(module: ModelModule): number {
  return elements(module.shape);
}

/** Elements of a tensor of this shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
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

const plain = { bias: false, tiedTo: null } as const;

/** Shorthands for the families' files. */
export const build = {
  linear: (name: string, out: number, into: number, bias = false): ModelModule => ({
    ...plain,
    name,
    kind: 'linear',
    shape: [out, into],
    out,
    in: into,
    bias,
  }),
  conv1d: (name: string, out: number, into: number): ModelModule => ({
    ...plain,
    name,
    kind: 'conv1d',
    shape: [into, out],
    out,
    in: into,
    bias: true,
  }),
  /** A square kernel; `in` is what one output feature sees: channels · kernel². */
  conv2d: (name: string, out: number, channels: number, kernel: number): ModelModule => ({
    ...plain,
    name,
    kind: 'conv2d',
    shape: [out, channels, kernel, kernel],
    out,
    in: channels * kernel * kernel,
    bias: true,
  }),
  embedding: (name: string, rows: number, hidden: number): ModelModule => ({
    ...plain,
    name,
    kind: 'embedding',
    shape: [rows, hidden],
    out: hidden,
    in: rows,
  }),
  norm: (name: string, length: number, bias = false): ModelModule => ({
    ...plain,
    name,
    kind: 'norm',
    shape: [length],
    out: length,
    in: 0,
    bias,
  }),
  /** All experts of a layer in one parameter: (E, out, in), or (E, in, out) if `transposed` (gpt-oss). */
  experts: (
    name: string,
    count: number,
    out: number,
    into: number,
    order: 'out-in' | 'in-out' = 'out-in',
  ): ModelModule => ({
    ...plain,
    name,
    kind: 'experts',
    shape: order === 'out-in' ? [count, out, into] : [count, into, out],
    out,
    in: into,
  }),
  /** One parameter of one or two dimensions. */
  parameter: (name: string, ...shape: number[]): ModelModule => ({
    ...plain,
    name,
    kind: 'parameter',
    shape,
    out: shape[0] ?? 0,
    in: shape[1] ?? 0,
  }),
  /** The output head, which shares the embedding's weight if the config ties them. */
  head: (name: string, vocab: number, hidden: number, tiedTo: string | null): ModelModule => ({
    ...build.linear(name, vocab, hidden),
    tiedTo,
  }),
};
