// Where a model's files lie, and what is read of them: the same for a folder and for a commit of a hub repository.
import { createHash } from 'node:crypto';
import { UserError } from '../diagnostics/user-error.ts';
import type { ModelCard } from '../model/model-card.ts';
import type { TensorShapes } from '../model/tensor-shapes.ts';
import { type ChatTemplate, findChatTemplate } from './chat-template.ts';
import type { ModelSource } from './source.ts';

export interface ModelFiles {
  config: Record<string, unknown>;
  /** config.json as it lies there: Python tells 0.0 from 0, which a parsed one no longer does. */
  configText: string;
  /** SHA-256 of it. */
  configSha256: string;
  /** Null if there are no safetensors, or they were not asked for. */
  tensors: TensorShapes | null;
  /** Null if there is none, or it was not asked for. */
  chatTemplate: ChatTemplate | null;
  card: ModelCard;
}

interface AdapterFiles {
  /** adapter_config.json as it lies there. */
  adapterConfig: unknown;
  tensors: TensorShapes | null;
  card: ModelCard;
}

export type RepositoryFacts = ({ kind: 'model' } & ModelFiles) | ({ kind: 'adapter' } & AdapterFiles);

const safetensors = ['model.safetensors', 'model.safetensors.index.json'];
const adapterTensors = 'adapter_model.safetensors';

/**
 * Reads config.json (or adapter_config.json) and, with `whole`, shapes and chat template.
 * Throws UserError M010 if it is not a model, M015 for a damaged file.
 */
export async function readRepository(source: ModelSource, whole: boolean): Promise<RepositoryFacts> {
  const card = await source.readCard();
  if (isAdapter(source.files)) {
    const { value } = await readJsonObject(source, 'adapter_config.json');
    const tensors = source.files.includes(adapterTensors) ? await source.readTensors(adapterTensors) : null;
    return { kind: 'adapter', adapterConfig: value, tensors, card };
  }
  if (!source.files.includes('config.json')) throw noConfig(source);
  const config = await readJsonObject(source, 'config.json');
  const weights = safetensors.find((path) => source.files.includes(path));
  return {
    kind: 'model',
    ...asConfig(config),
    tensors: whole && weights ? await source.readTensors(weights) : null,
    chatTemplate: whole ? await findChatTemplate(source) : null,
    card,
  };
}

/** An adapter may lie beside a copy of its base's config, never beside the base's weights. */
function isAdapter(files: readonly string[]): boolean {
  const weights = /^(model|pytorch_model)([.-].*)?\.(safetensors|bin)(\.index\.json)?$/;
  return files.includes('adapter_config.json') && !files.some((file) => weights.test(file));
}

function noConfig({ name, files }: ModelSource): UserError {
  const gguf = files.some((file) => file.endsWith('.gguf'));
  return new UserError('M010', `${name} has no config.json`, {
    hint: gguf
      ? 'it holds GGUF files, which are made for inference: name the model they were made from'
      : 'name a folder or hub repository of a causal language model',
  });
}

interface JsonObject {
  value: Record<string, unknown>;
  text: string;
  sha256: string;
}

/** A parsed config.json under the names of ModelFiles. */
export function asConfig({
  value,
  text,
  sha256,
}: JsonObject): Pick<ModelFiles, 'config' | 'configText' | 'configSha256'> {
  return { config: value, configText: text, configSha256: sha256 };
}

async function readJsonObject(source: ModelSource, path: string): Promise<JsonObject> {
  return parseJsonObject(await source.read(path), `${path} of ${source.name}`);
}

/** Parses the bytes of a config; `name` is for messages. */
export function parseJsonObject(bytes: Uint8Array, name: string): JsonObject {
  const text = new TextDecoder().decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError('M010', `${name} is not JSON: ${error instanceof Error ? error.message : error}`, {
      hint: 'is the download complete?',
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError('M010', `${name} is not a JSON object`);
  return {
    value: value as Record<string, unknown>,
    text,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
