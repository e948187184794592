// A config file and the files it extends, merged; every fault of every file.
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import type { Env } from './interpolate.ts';
import { type LocatedMap, mergeLocated } from './source/located.ts';
import { parseYamlMapping } from './source/parse-yaml.ts';
import { decodeSource, readSource } from './source/read-source.ts';

export interface LayerOptions {
  env: Env;
  cwd: string;
  /** Reads the text for the path `-`. */
  stdin?: () => Promise<Uint8Array>;
}

export interface Layers {
  /** Null if the file could not be read at all. */
  root: LocatedMap | null;
  /** Absolute paths of all files, the config itself first. */
  files: string[];
  findings: Finding[];
}

const maxFiles = 20;

/** Reads `path` and everything it extends. */
export async function readLayers(path: string, options: LayerOptions): Promise<Layers> {
  if (path !== '-') return await readFile(resolve(options.cwd, path), options, isAbsolute(path), []);
  const source = decodeSource((await options.stdin?.()) ?? new Uint8Array(), 'stdin');
  if ('problem' in source) return { root: null, files: [], findings: [source.problem] };
  return await readText(source.text, 'stdin', resolve(options.cwd, 'stdin'), options, false, []);
}

async function readFile(
  file: string,
  options: LayerOptions,
  absolute: boolean,
  chain: string[],
): Promise<Layers> {
  const name = absolute ? file : relative(options.cwd, file) || basename(file);
  const source = await readSource(file, name);
  if ('problem' in source) return { root: null, files: [file], findings: [source.problem] };
  const layers = await readText(source.text, name, file, options, absolute, [...chain, await realpath(file)]);
  return { ...layers, files: [file, ...layers.files] };
}

async function readText(
  text: string,
  name: string,
  file: string,
  options: LayerOptions,
  absolute: boolean,
  chain: string[],
): Promise<Layers> {
  const { root, findings } = parseYamlMapping(text, name);
  if (!root) return { root, files: [], findings };
  if (text.includes('${')) {
    const { interpolate } = await import('./interpolate.ts');
    findings.push(...interpolate(root, options.env));
  }
  const entry = root.entries.get('extends');
  root.entries.delete('extends');
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null))
    return { root, files: [], findings };
  const { value } = entry;
  if (value.kind !== 'scalar' || typeof value.value !== 'string' || value.value === '') {
    findings.push(finding('C011', value.at, '`extends` must be the path of one file'));
    return { root, files: [], findings };
  }
  const target = resolve(dirname(file), value.value);
  const circle = await findCircle(target, chain);
  if (circle !== undefined) {
    findings.push(finding('C019', value.at, circle));
    return { root, files: [], findings };
  }
  const base = await readFile(target, options, absolute, chain);
  const [problem] = base.findings;
  if (!base.root && base.findings.length === 1 && problem?.at?.line === undefined && problem)
    findings.push(finding('C019', value.at, problem.message, 'the path is relative to this file'));
  else findings.push(...base.findings);
  return { root: base.root ? mergeLocated(base.root, root) : root, files: base.files, findings };
}

async function findCircle(target: string, chain: string[]): Promise<string | undefined> {
  if (chain.length >= maxFiles) return `more than ${maxFiles} files extend one another`;
  const real = await realpath(target).catch(() => target);
  if (!chain.includes(real)) return undefined;
  const names = [...chain.slice(chain.indexOf(real)), real].map((each) => basename(each));
  return `files extend one another in a circle: ${names.join(' → ')}`;
}
