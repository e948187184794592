// The argument of `lorch model calibrate`: a run config, or a model with LoRA settings, which becomes a config.
import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { type LoadedRun, loadConfig } from '../../config/load.ts';
import { UserError } from '../../diagnostics/user-error.ts';

export interface TargetRequest {
  /** A hub id or folder, or a config if it ends in .yaml or .yml. */
  target: string;
  revision: string | null;
  /** LoraConfig fields; null if not given. */
  lora: Record<string, unknown> | null;
  overrides: readonly string[];
  /** Root of the workspace; model folders in configs are relative to it. */
  root: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** The settings to measure; for a sweep its first point, and the number of points. Throws UserError C001, M036. */
export async function readTarget(request: TargetRequest): Promise<{ loaded: LoadedRun; points: number }> {
  const { target, revision, lora, overrides, cwd, env } = request;
  const isConfig = /\.ya?ml$/i.test(target);
  if (isConfig && (lora || revision !== null))
    throw new UserError('M036', `${target} says ${lora ? 'its LoRA settings' : 'its revision'} already`, {
      hint: lora ? '--set lora.r=32 changes a setting' : '--set revision=main changes it',
      exitCode: 2,
    });
  const { configs } = isConfig
    ? await loadConfig(target, { cwd, env, overrides })
    : await loadConfig('-', { cwd, env, overrides, stdin: async () => Buffer.from(configOf(request)) });
  const [first] = configs;
  if (!first) throw new Error(`${target} loaded to no config`);
  return { loaded: first, points: configs.length };
}

/** JSON is valid YAML. The rows are never read, because a calibration uses random tokens. */
function configOf({ target, revision, lora, root, cwd }: TargetRequest): string {
  return JSON.stringify({
    name: 'calibration',
    base_model: modelName(target, root, cwd),
    ...(revision !== null && { revision }),
    dataset: { train: 'random-tokens.jsonl' },
    ...(lora && { lora }),
  });
}

/** A folder as configs of the workspace would name it, so that their plans find the calibration. */
function modelName(target: string, root: string, cwd: string): string {
  const folder = resolve(cwd, target);
  if (!existsSync(folder)) return target;
  const inside = relative(root, folder);
  return inside.startsWith('..') || isAbsolute(inside) ? folder : inside;
}
