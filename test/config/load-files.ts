// Writes config files into a folder of their own and loads the first: findings as `line:column code`, or the configs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import type { RunConfig } from '../../src/config/schema/run.ts';
import type { Finding } from '../../src/diagnostics/finding.ts';
import { UserError } from '../../src/diagnostics/user-error.ts';

export interface LoadCase {
  overrides?: string[];
  env?: Record<string, string>;
}

export interface Outcome {
  /** `line:column code`, or `file code` without a line; those of other files begin with their name. */
  faults: string[];
  findings: Finding[];
  loaded: LoadedConfig | null;
}

/** Loads `run.yaml` with this text, or the first of several files. */
export async function loadText(
  files: string | Record<string, string | Uint8Array>,
  { overrides = [], env = {} }: LoadCase = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'lorch-config-'));
  const all = typeof files === 'string' ? { 'run.yaml': files } : files;
  const [main = 'run.yaml'] = Object.keys(all);
  try {
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const loaded = await loadConfig(main, { cwd: folder, env, overrides });
    return { faults: [], findings: [], loaded };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const faults = error.findings.map(({ at, code }) => {
      const place = at?.line === undefined ? at?.file : `${at.line}:${at.column}`;
      return at?.line !== undefined && at.file !== main ? `${at.file}:${place} ${code}` : `${place} ${code}`;
    });
    return { faults, findings: error.findings, loaded: null };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The least that a config must say; sections are appended. */
export const minimal = 'name: a\nbase_model: org/model\ndataset:\n  train: rows.jsonl\n';

/** The one config of a text that must be sound. */
export async function configOf(text: string, options?: LoadCase): Promise<RunConfig> {
  const { loaded, findings } = await loadText(text, options);
  const [run] = loaded?.configs ?? [];
  if (!run) throw new Error(JSON.stringify(findings, null, 2));
  return run.config;
}
