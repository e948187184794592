// A model in a folder of this machine.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import { readFrontMatter, readModelCard } from '../model/model-card.ts';
import type { TensorShapes } from '../model/tensor-shapes.ts';
import { readDescription } from './read-description.ts';
import { readSafetensorsHeader, unreadable } from './safetensors-header.ts';
import type { ModelSource } from './source.ts';

const index = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** The files of one folder; `name` is what messages call it. */
export function openModelFolder(dir: string, name = dir): ModelSource {
  const templates = join(dir, 'additional_chat_templates');
  const files = [
    ...readdirSync(dir),
    ...(existsSync(templates)
      ? readdirSync(templates).map((file) => `additional_chat_templates/${file}`)
      : []),
  ];
  return {
    name,
    files,
    read: async (path) => readDescription(join(dir, path)),
    readTensors: async (path) => readTensors(dir, path),
    readCard: async () =>
      readModelCard(
        files.includes('README.md')
          ? readFrontMatter(readDescription(join(dir, 'README.md')).toString('utf8'))
          : {},
      ),
  };
}

function readTensors(dir: string, path: string): TensorShapes {
  if (path.endsWith('.safetensors')) return readSafetensorsHeader(join(dir, path));
  return Object.assign(
    {},
    ...shardsOf(join(dir, path)).map((file) => readSafetensorsHeader(join(dir, file))),
  ) as TensorShapes;
}

function shardsOf(path: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readDescription(path).toString('utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    // Judged below.
  }
  const { data } = index.safeParse(parsed);
  if (!data) throw unreadable(path, 'it has no weight_map');
  const files = [...new Set(Object.values(data.weight_map))];
  // A file name from an index must not lead to a read outside the folder.
  const outside = files.find((file) => file !== basename(file));
  if (outside !== undefined) throw unreadable(path, `it names a file outside the folder: ${outside}`);
  return files;
}

/** Its safetensors files: those that its index names, or the usual single one; none if the weights are in another form. */
export function weightFiles(dir: string): string[] {
  const index = join(dir, 'model.safetensors.index.json');
  const files = existsSync(index) ? shardsOf(index) : ['model.safetensors'];
  return files.filter((file) => existsSync(join(dir, file)));
}

/** Weights that the folder's own index names, or the usual single file, and that are not there. */
export function missingWeights(dir: string): string[] {
  const files = readdirSync(dir);
  if (files.some((file) => /^pytorch_model.*\.bin$/.test(file))) return [];
  const indexFile = 'model.safetensors.index.json';
  const wanted = files.includes(indexFile) ? shardsOf(join(dir, indexFile)) : ['model.safetensors'];
  // A broken link of the cache is a file that is not there.
  return wanted.filter((file) => !existsSync(join(dir, file)));
}
