// Names and shapes of a model's tensors, as safetensors headers have them.

export interface TensorShape {
  dtype: string;
  shape: readonly number[];
}

export type TensorShapes = Readonly<Record<string, TensorShape>>;
