// A format mapping in a separate file, for the data commands: --format mapping.yaml.
import { resolve } from 'node:path';
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { describeIssue } from './describe-issue.ts';
import { distinctFindings } from './finding.ts';
import { type FormatMapping, formatMapping } from './schema/format-mapping.ts';
import { type LocatedMap, toPlain } from './source/located.ts';
import { parseYamlMapping } from './source/parse-yaml.ts';
import { readSource } from './source/read-source.ts';

/** Reads and checks a mapping; `path` is relative to `cwd`. Throws UserError C001 with every finding. */
export async function loadFormatMapping(path: string, cwd: string): Promise<FormatMapping> {
  const source = await readSource(resolve(cwd, path), path);
  if ('problem' in source) throw invalid([source.problem], path);
  const { root, findings } = parseYamlMapping(source.text, path);
  if (!root || findings.length > 0) throw invalid(findings, path);
  const parsed = formatMapping.safeParse(toPlain(root));
  if (parsed.success) return parsed.data;
  const nested = inside(['dataset', 'format'], root);
  const found = parsed.error.issues.flatMap((issue) => describeIssue(issue, nested, ['dataset', 'format']));
  throw invalid(found.map(unprefixed), path);
}

// The schema's words are those of the run config, if the mapping has a place; here it is the whole file.
function inside(path: readonly string[], root: LocatedMap): LocatedMap {
  return path.reduceRight<LocatedMap>(
    (value, key) => ({ kind: 'map', at: root.at, entries: new Map([[key, { key: root.at, value }]]) }),
    root,
  );
}

function unprefixed(found: Finding): Finding {
  const plain = (text: string): string =>
    text
      .replaceAll(' under `dataset.format:`', '')
      .replaceAll('`dataset.format`: ', '')
      .replaceAll('`dataset.format.', '`');
  return { ...found, message: plain(found.message), ...(found.hint && { hint: plain(found.hint) }) };
}

function invalid(findings: readonly Finding[], name: string): UserError {
  const distinct = distinctFindings(findings);
  const problems = distinct.length === 1 ? '1 problem' : `${distinct.length} problems`;
  return new UserError('C001', `${problems} in ${name}`, { findings: distinct, exitCode: 2 });
}
