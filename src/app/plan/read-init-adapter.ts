// The files of an initial adapter: read with limits, hashed, and refused if lorch cannot start from them.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adapterRefusals, adapterSettings, unknownFields } from '../../config/adapter-settings.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { hashFile } from '../../hosts/hash-file.ts';
import { adapterFiles } from '../../hub/adapter-files.ts';
import { parseJsonObject } from '../../hub/model-source.ts';
import { readSafetensorsHeader } from '../../hub/safetensors-header.ts';
import { type AdapterFacts, readAdapterConfig } from '../../model/adapter-config.ts';
import { splitsBase } from '../../model/lora-start.ts';
import type { TensorShapes } from '../../model/tensor-shapes.ts';
import type { FoundAdapter } from './find-init-adapter.ts';

export interface ReadAdapter {
  facts: AdapterFacts;
  tensors: TensorShapes;
  /** Settings as a config would write them under `lora:`. */
  settings: Record<string, unknown>;
  /** Fields that lorch does not read. */
  unknown: string[];
  files: Record<string, { bytes: number; sha256: string }>;
}

/** PEFT writes about a kilobyte; rank patterns and token lists can be longer. */
const maxConfigBytes = 1024 * 1024;

/** Reads both files; no pickle is ever opened. Throws UserError P052, P053 (fused before), M015, M040. */
export async function readInitAdapter(found: FoundAdapter): Promise<ReadAdapter> {
  const { name, dir, plan } = found;
  const [configFile, weightsFile] = adapterFiles;
  const [configPath, weightsPath] = [join(dir, configFile), join(dir, weightsFile)];
  // Follow links, because the files of the hub's cache are links.
  const sizes = { [configFile]: regularFile(configPath), [weightsFile]: regularFile(weightsPath) };
  if ((sizes[configFile] ?? 0) > maxConfigBytes)
    throw refused(
      name,
      `its ${configFile} has ${sizes[configFile]} bytes, but the file of an adapter has about a thousand`,
    );
  const { value: config } = parseJsonObject(await readFile(configPath), `${configFile} of ${name}`);
  const reasons = adapterRefusals(config);
  if (reasons.length > 0) throw refused(name, reasons.join('; '));
  refuseFused(found, config);
  const tensors = readSafetensorsHeader(weightsPath);
  const facts = readAdapterConfig(config, tensors, `${configFile} of ${name}`);
  checkSize(name, weightsPath, facts.tensors?.bytes ?? 0, sizes[weightsFile] ?? 0);
  return {
    facts,
    tensors,
    // PEFT writes out what a shorthand matched; the run's own plan still has the shorthand, but not the rank that
    // PiSSA and OLoRA are saved with.
    settings: adapterSettings(
      found.run === null || splitsBase(plan?.lora ?? {}) ? config : (plan?.lora ?? config),
    ),
    unknown: unknownFields(config).filter((field) => field !== 'lorch_init_adapter'),
    files: {
      [configFile]: { bytes: sizes[configFile] ?? 0, sha256: await hashFile(configPath) },
      [weightsFile]: { bytes: sizes[weightsFile] ?? 0, sha256: await hashFile(weightsPath) },
    },
  };
}

function regularFile(path: string): number {
  const stat = statSync(path);
  if (!stat.isFile()) throw new UserError('P052', `${path} is not a file`, { hint: 'name another adapter' });
  return stat.size;
}

/** An adapter on a fused base only fits that fused model. */
function refuseFused({ name, plan, run }: FoundAdapter, config: Record<string, unknown>): void {
  if (plan?.init_adapter?.mode !== 'fuse' && !('lorch_init_adapter' in config)) return;
  throw new UserError(
    'P053',
    `init_adapter: ${name} was trained on a base that has another adapter fused into it`,
    {
      hint: `merge it into one model first (\`lorch merge ${run ?? 'RUN'} -o merged\`), then write \`base_model: merged\` and leave init_adapter out`,
    },
  );
}

/** The trainer would notice a truncated file only after it has loaded the base. */
function checkSize(name: string, path: string, tensorBytes: number, fileBytes: number): void {
  const file = openSync(path, 'r');
  const head = Buffer.alloc(8);
  try {
    readSync(file, head, 0, 8, 0);
  } finally {
    closeSync(file);
  }
  const expected = 8 + Number(head.readBigUInt64LE()) + tensorBytes;
  if (expected === fileBytes) return;
  throw new UserError(
    'M015',
    `cannot read the weights of ${name}: the file has ${fileBytes} bytes, and its header says ${expected}`,
    {
      hint: 'the file is damaged or not complete: fetch or save the adapter again',
    },
  );
}

function refused(name: string, reason: string): UserError {
  return new UserError('P052', `init_adapter: lorch cannot start from ${name}: ${reason}`, {
    hint: 'merge it into its base with the library that made it, and name the merged model as `base_model:`',
  });
}
