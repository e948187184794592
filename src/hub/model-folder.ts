// A model on this machine: config.json, and the names and shapes in its safetensors headers.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import type { TensorShape, TensorShapes } from '../model/tensors.ts';

export interface ModelFiles {
  config: Record<string, unknown>;
  /** SHA-256 of config.json as it lies there. */
  configSha256: string;
  /** Null where no safetensors lie there. */
  tensors: TensorShapes | null;
}

/** safetensors refuses longer headers itself. */
const maxHeaderBytes = 100_000_000;

const header = z.record(
  z.string(),
  z.looseObject({ dtype: z.string().optional(), shape: z.array(z.number().int().nonnegative()).optional() }),
);
const index = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** Reads a model folder. Throws UserError M010 without a config, M015 for a damaged file. */
export function readModelFolder(dir: string): ModelFiles {
  const path = join(dir, 'config.json');
  if (!existsSync(path)) throw noConfig(dir);
  return { ...readConfigFile(path), tensors: readFolderTensors(dir) };
}

/** Reads a config.json and its hash. */
export function readConfigFile(path: string): Pick<ModelFiles, 'config' | 'configSha256'> {
  return parseConfig(readFileSync(path), path);
}

/** Parses the bytes of a config.json; `name` is for messages. */
export function parseConfig(bytes: Uint8Array, name: string): Pick<ModelFiles, 'config' | 'configSha256'> {
  let config: unknown;
  try {
    config = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new UserError('M010', `${name} is not JSON: ${error instanceof Error ? error.message : error}`, {
      hint: 'is the download complete?',
    });
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new UserError('M010', `${name} is not a JSON object`);
  }
  const configSha256 = createHash('sha256').update(bytes).digest('hex');
  return { config: config as Record<string, unknown>, configSha256 };
}

function noConfig(dir: string): UserError {
  if (existsSync(join(dir, 'adapter_config.json'))) {
    return new UserError('M010', `${dir} holds an adapter, not a base model`, {
      hint: 'name the base model that the adapter was trained on',
    });
  }
  return new UserError('M010', `${dir} has no config.json`, { hint: 'name the folder of a base model' });
}

function readFolderTensors(dir: string): TensorShapes | null {
  const indexPath = join(dir, 'model.safetensors.index.json');
  if (existsSync(indexPath)) {
    const parsed = index.safeParse(readJson(indexPath));
    if (!parsed.success) throw unreadable(indexPath, 'it has no weight_map');
    const files = new Set(Object.values(parsed.data.weight_map));
    const shards = [...files].map((file) => {
      // A name from a file is no licence to read elsewhere.
      if (file !== basename(file)) throw unreadable(indexPath, `it names a file outside the folder: ${file}`);
      return readSafetensorsHeader(join(dir, file));
    });
    return Object.assign({}, ...shards) as TensorShapes;
  }
  const single = join(dir, 'model.safetensors');
  return existsSync(single) ? readSafetensorsHeader(single) : null;
}

/** Names and shapes from one file: 8 bytes of length, then JSON. The weights are not touched. */
export function readSafetensorsHeader(path: string): Record<string, TensorShape> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
  try {
    const { size } = fstatSync(file);
    const length = Number(readBytes(file, 0, 8, path).readBigUInt64LE());
    if (length > maxHeaderBytes || 8 + length > size)
      throw unreadable(path, 'its header is longer than the file');
    const parsed = header.safeParse(parseJson(readBytes(file, 8, length, path).toString('utf8')));
    if (!parsed.success) throw unreadable(path, 'its header is no tensor list');
    return tensorsOf(parsed.data);
  } finally {
    closeSync(file);
  }
}

/** Header entries that are tensors (all but `__metadata__`). */
export function tensorsOf(entries: Readonly<Record<string, unknown>>): Record<string, TensorShape> {
  const tensors: Record<string, TensorShape> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape } = entry as Partial<TensorShape>;
    if (name !== '__metadata__' && dtype && shape) tensors[name] = { dtype, shape };
  }
  return tensors;
}

function readBytes(file: number, position: number, length: number, path: string): Buffer {
  const buffer = Buffer.alloc(length);
  if (readSync(file, buffer, 0, length, position) < length) throw unreadable(path, 'it ends in its header');
  return buffer;
}

function readJson(path: string): unknown {
  return parseJson(readFileSync(path, 'utf8'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, reason: string): UserError {
  return new UserError('M015', `cannot read ${path}: ${reason}`, { hint: 'fetch the file again' });
}
