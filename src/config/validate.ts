// A merged config → typed settings, or every fault of it.
import type { z } from 'zod';
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { rules } from './rules/index.ts';
import { type RunConfig, runShape, type SectionName } from './schema/run.ts';
import { isSecretValue } from './secrets.ts';
import { eachScalar, keyPlaceOf, type LocatedMap, nodeAt, toPlain } from './source/located.ts';

export type Validated = { config: RunConfig; findings: [] } | { config: null; findings: Finding[] };

/** Checks one run's settings (no `extends`, no `sweep`): all sections, then the rules between sound ones. */
export async function validate(root: LocatedMap): Promise<Validated> {
  const findings: Finding[] = [...refuseSecrets(root), ...refuseNulls(root)];
  const unknown = [...root.entries.keys()].filter((key) => !Object.hasOwn(runShape, key));
  const issues: { issue: z.core.$ZodIssue; section: string }[] = [];
  const plain = toPlain(root) as Record<string, unknown>;
  const parsed: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(runShape)) {
    // Compiling a parser for each section would cost more than the one parse it serves.
    const result = schema.safeParse(plain[name], { jitless: true });
    if (result.success) parsed[name] = result.data;
    else issues.push(...result.error.issues.map((issue) => ({ issue, section: name })));
  }
  if (unknown.length + issues.length > 0) {
    const { describeIssue } = await import('./describe-issue.ts');
    const { unknownKey } = await import('./unknown-key.ts');
    findings.push(...unknown.map((key) => unknownKey(key, '', keyPlaceOf(root, [key]))));
    findings.push(...issues.flatMap(({ issue, section }) => describeIssue(issue, root, [section])));
  }
  findings.push(...checkRules(parsed as RunConfig, root));
  return findings.length === 0 ? { config: parsed as RunConfig, findings: [] } : { config: null, findings };
}

/** `config` lacks the sections that are not sound; rules that need them are left out. */
function checkRules(config: RunConfig, root: LocatedMap): Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules) {
    if (!rule.needs.every((name: SectionName) => name in config)) continue;
    rule.check(config, (path, message, hint, code = 'C017') =>
      findings.push(finding(code, keyPlaceOf(root, nearestWritten(root, path.split('.'))), message, hint)),
    );
  }
  return findings;
}

/** A rule may blame a default; its section's key then stands for it. */
function nearestWritten(root: LocatedMap, path: string[]): string[] {
  let written = path;
  while (written.length > 0 && !nodeAt(root, written)) written = written.slice(0, -1);
  return written;
}

/** If null deletes nothing and the library reads it as "no limit", it must be said otherwise. */
const nullMeans: Record<string, string> = {
  max_length: 'null takes the default of 2048',
  save_total_limit: 'null takes the default of 2',
};

function refuseNulls(root: LocatedMap): Finding[] {
  return Object.entries(nullMeans).flatMap(([name, what]) => {
    const node = nodeAt(root, ['training', name]);
    if (node?.kind !== 'scalar' || node.value !== null) return [];
    return [
      finding(
        'C012',
        node.at,
        `\`training.${name}\`: ${what}`,
        'write `none` for no limit, or leave the key out',
      ),
    ];
  });
}

function refuseSecrets(root: LocatedMap): Finding[] {
  const findings: Finding[] = [];
  eachScalar(root, ({ value, at }, path) => {
    if (typeof value !== 'string' || !isSecretValue(value)) return;
    const { excerpt: _hidden, ...place } = at;
    const hint =
      'revoke it if this file was shared, and set HF_TOKEN in the environment or use `hf auth login`';
    findings.push(finding('C021', place, `the value of \`${path.join('.')}\` looks like a token`, hint));
  });
  return findings;
}
