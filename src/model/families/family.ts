import type { ConfigReader } from '../config-reader.ts';
import type { ModelModule, ModelSizes } from '../modules.ts';

/** One family of architectures: how transformers builds its modules from config.json. */
export interface Family {
  /** The class that AutoModelForCausalLM picks. */
  architecture: string;
  /** Defaults of the config class, which apply to keys that config.json leaves out. */
  defaults: Readonly<Record<string, unknown>>;
  /** Attention implementations that its class refuses. */
  refusedAttention?: readonly string[];
  /** Other names that config.json may use for a key. */
  aliases?: Readonly<Record<string, string>> | undefined;
  build(config: ConfigReader): {
    sizes: ModelSizes;
    modules: ModelModule[];
    inert: string[];
    /** Blocks that only images reach. */
    imageBlocks?: string[];
    inputEmbeddings: string;
    outputEmbeddings: string;
  };
}
