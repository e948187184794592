// The base model of a config: its folder or its pinned revision, and what its config.json says.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunConfig } from '../config/schema/run.ts';
import { type ModelReading, readModelConfig } from '../model/read-config.ts';
import type { PlanRequest } from './make-plan.ts';

export interface ResolvedBase {
  path: string | null;
  revision: string | null;
  configSha256: string;
  model: ModelReading;
}

export async function resolveBase(config: RunConfig, request: PlanRequest): Promise<ResolvedBase> {
  const path = resolve(request.workspace.root, config.base_model);
  const text = await readFile(join(path, 'config.json'));
  return {
    path,
    revision: null,
    configSha256: createHash('sha256').update(text).digest('hex'),
    model: readModelConfig(JSON.parse(text.toString('utf8'))),
  };
}
