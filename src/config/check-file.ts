// A YAML file of check settings. This folder does not know the checks, so it passes values on with their places.
import { UserError } from '../diagnostics/user-error.ts';
import { distinctFindings } from './finding.ts';
import type { LocatedMap } from './source/located.ts';
import { parseYamlMapping } from './source/parse-yaml.ts';
import { readSource } from './source/read-source.ts';

/** Check settings from one place. */
export interface WrittenChecks {
  /** As shown to users. */
  file: string;
  root: LocatedMap;
}

/** Reads `path`, which messages call `name`. Throws UserError C001 with every finding if it is not a YAML mapping. */
export async function readCheckFile(path: string, name: string): Promise<WrittenChecks> {
  const source = await readSource(path, name);
  const read =
    'problem' in source ? { root: null, findings: [source.problem] } : parseText(source.text, name);
  if (read.root && read.findings.length === 0) return { file: name, root: read.root };
  const findings = distinctFindings(read.findings);
  const problems = findings.length === 1 ? '1 problem' : `${findings.length} problems`;
  throw new UserError('C001', `${problems} in ${name}`, { findings, exitCode: 2 });
}

function parseText(text: string, name: string): ReturnType<typeof parseYamlMapping> {
  // A file with only comments changes nothing.
  if (/^\s*(#.*\s*)*$/.test(text))
    return { root: { kind: 'map', at: { file: name }, entries: new Map() }, findings: [] };
  return parseYamlMapping(text, name);
}
