// config.json → the model's modules, exactly as transformers would build them, or the reason why that is not known.
import { UserError } from '../diagnostics/user-error.ts';
import { checkConfigBounds } from './config-bounds.ts';
import { ConfigReader, ConfigValueError, UnmodelledConfigError } from './config-reader.ts';
import { families } from './families/index.ts';
import type { ModelFacts } from './modules.ts';
import { readStoredQuantization } from './stored-quantization.ts';

export type ModelReading =
  | { known: true; facts: ModelFacts }
  /** Nothing is guessed: the trainer counts such a model on the meta device. */
  | {
      known: false;
      architecture: string;
      modelType: string;
      reason: string;
      /** The weights are stored in another form than the config's modules have. */
      packed: boolean;
    };

/**
 * Reads a parsed config.json. Code that comes with the model counts only if `trustRemoteCode` lets it run:
 * otherwise transformers builds its own class, if it has one. Throws UserError M010 if it is not a model's config.
 */
export function readModelConfig(
  config: unknown,
  { trustRemoteCode = false }: { trustRemoteCode?: boolean } = {},
): ModelReading {
  if (!isObject(config)) throw notAModel('config.json is not a JSON object');
  checkConfigBounds(config);
  const modelType = config.model_type;
  const listed = Array.isArray(config.architectures) ? config.architectures[0] : undefined;
  if (typeof modelType !== 'string') throw notAModel('config.json has no model_type');
  const family = Object.hasOwn(families, modelType) ? families[modelType] : undefined;
  const architecture = typeof listed === 'string' ? listed : (family?.architecture ?? 'unknown');
  const stored = readStoredQuantization(config);
  // Where the trainer takes them, linear layers stay linear, or weights are unpacked; others come as layers of their own.
  const packed = stored && !stored.trainable ? stored.method : null;
  const unknown = (reason: string): ModelReading => ({
    known: false,
    architecture,
    modelType,
    reason,
    packed: packed !== null,
  });
  if (isObject(config.auto_map) && (trustRemoteCode || !family))
    return unknown('its code comes with the model (trust_remote_code)');
  if (!family) return unknown(`model_type ${modelType} is not in lorch's tables`);
  if (packed) return unknown(`its weights are stored quantized (${packed})`);
  try {
    const built = family.build(new ConfigReader(config, family.defaults, family.aliases));
    const { architecture, refusedAttention = [] } = family;
    const facts = { architecture, modelType, refusedAttention, imageBlocks: [], ...built };
    return { known: true, facts };
  } catch (error) {
    if (error instanceof ConfigValueError) throw notAModel(`config.json: ${error.message}`);
    if (error instanceof UnmodelledConfigError) return unknown(error.message);
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAModel(message: string): UserError {
  return new UserError('M010', message, {
    hint: 'name a folder or hub repository of a causal language model, or its config.json',
  });
}
