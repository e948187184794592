// From a path to checked configs: read, extend, override, sweep, validate. All faults at once.
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { WrittenChecks } from './check-file.ts';
import { distinctFindings } from './finding.ts';
import { type LayerOptions, readLayers } from './layers.ts';
import type { RunConfig } from './schema/run.ts';
import type { LocatedMap } from './source/located.ts';
import { nodeAt, toPlain } from './source/located.ts';
import type { SweepPlace, Variant } from './sweep.ts';
import { validate } from './validate.ts';
import { writeYaml } from './write-yaml.ts';

export interface LoadOptions extends LayerOptions {
  /** `--set` texts, in order. */
  overrides?: readonly string[];
}

export interface LoadedRun {
  config: RunConfig;
  sweep: SweepPlace | null;
  /** The settings of this run alone, without `extends`, variables and `sweep`: loads again to the same config. */
  readonly mergedYaml: string;
  /** `dataset.checks` with its places; null if the config says nothing. */
  checks: WrittenChecks | null;
  /** What is written, with its places. */
  written: LocatedMap;
  /** `mergedYaml` with another `init_adapter`: `@last` and names mean other runs later. */
  yamlFrom(init: { from: string; mode: string }): string;
  /** `accept` with its places; null if the config says nothing. Which codes there are is not known here. */
  accept: LocatedMap | null;
}

export interface LoadedConfig {
  /** One, or one for each run of the sweep. */
  configs: LoadedRun[];
  /** Absolute paths of the file and of those it extends. */
  files: string[];
}

/**
 * Reads and checks a config file; `path` is relative to `cwd`, `-` reads stdin.
 * Throws UserError C001 (exit code 2) with every finding, each at file:line:column.
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<LoadedConfig> {
  const layers = await readLayers(path, options);
  const name = path === '-' ? 'stdin' : path;
  const fatal = ['C002', 'C003', 'C004', 'C005', 'C007', 'C008', 'C019'];
  // After a read error everything looks missing, so report only the read errors.
  if (!layers.root || layers.findings.some(({ code }) => fatal.includes(code)))
    throw invalid(layers.findings, name);
  const findings = [...layers.findings];
  const root = await override(layers.root, options.overrides ?? [], findings);
  const configs: LoadedRun[] = [];
  for (const variant of await variantsOf(root, findings)) {
    const validated = await validate(variant.root);
    if (!validated.config) findings.push(...validated.findings);
    else if (findings.length === 0) configs.push(loadedRun(variant, validated.config, name));
  }
  if (findings.length > 0) throw invalid(findings, name);
  return { configs, files: layers.files };
}

async function override(
  root: LocatedMap,
  texts: readonly string[],
  findings: Finding[],
): Promise<LocatedMap> {
  if (texts.length === 0) return root;
  const { applyOverrides } = await import('./overrides.ts');
  const applied = applyOverrides(root, texts);
  findings.push(...applied.findings);
  return applied.root;
}

async function variantsOf(root: LocatedMap, findings: Finding[]): Promise<Variant[]> {
  if (!root.entries.has('sweep')) return [{ root, sweep: null }];
  const { expandSweep } = await import('./sweep.ts');
  const expanded = expandSweep(root);
  findings.push(...expanded.findings);
  if (expanded.variants.length > 0) return expanded.variants;
  // The sweep is at fault; the rest is still checked.
  const entries = new Map(root.entries);
  entries.delete('sweep');
  return [{ root: { ...root, entries }, sweep: null }];
}

function loadedRun({ root, sweep }: Variant, config: RunConfig, name: string): LoadedRun {
  const checks = nodeAt(root, ['dataset', 'checks']);
  const accept = nodeAt(root, ['accept']);
  const opening = `${name} with everything that it extends and overrides, as this run was launched`;
  return {
    config,
    sweep,
    checks: checks?.kind === 'map' ? { file: name, root: checks } : null,
    accept: accept?.kind === 'map' ? accept : null,
    written: root,
    // Made when asked for: a check never asks.
    get mergedYaml() {
      return writeYaml(toPlain(root), opening);
    },
    yamlFrom: (init) => writeYaml({ ...(toPlain(root) as object), init_adapter: init }, opening),
  };
}

function invalid(findings: Finding[], name: string): UserError {
  const distinct = distinctFindings(findings);
  const problems = distinct.length === 1 ? '1 problem' : `${distinct.length} problems`;
  return new UserError('C001', `${problems} in ${name}`, { findings: distinct, exitCode: 2 });
}
