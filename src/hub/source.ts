// Where the files of a model lie.
import type { ModelCard } from '../model/model-card.ts';
import type { TensorShapes } from '../model/tensor-shapes.ts';

export interface ModelSource {
  /** For messages. */
  name: string;
  /** Paths of all files. */
  files: readonly string[];
  read(path: string): Promise<Uint8Array>;
  /** Names and shapes of a safetensors file, or of all that an index names; no weights. */
  readTensors(path: string): Promise<TensorShapes>;
  readCard(): Promise<ModelCard>;
}
