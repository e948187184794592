// Replaces environment variables in values, but not in keys or in --set, where the shell has already replaced them.
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { isSecretName } from './secrets.ts';
import { eachScalar, type Located, type LocatedScalar } from './source/located.ts';
import { readScalar } from './source/read-scalar.ts';

export type Env = Readonly<Record<string, string | undefined>>;

// `$${` is the escape; then `${NAME}` or `${NAME:-default}`; then a `${` that nothing closes.
const pattern = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;

/** Replaces variables in all values of one file, in place. Returns what could not be replaced. */
export function interpolate(root: Located, env: Env): Finding[] {
  const findings: Finding[] = [];
  eachScalar(root, (scalar) => {
    if (typeof scalar.value === 'string' && scalar.value.includes('${')) replace(scalar, env, findings);
  });
  return findings;
}

function replace(scalar: LocatedScalar, env: Env, findings: Finding[]): void {
  let replaced = false;
  const text = String(scalar.value).replace(pattern, (match, inner: string | undefined) => {
    if (match === '$${') return '${';
    replaced = true;
    const value = lookUp(inner, env);
    if (typeof value === 'string') return value;
    findings.push(finding(value.code, scalar.at, value.message, value.hint));
    return match;
  });
  // An unquoted value gets its type as if it were written in the file: `r: ${RANK}` is a number.
  scalar.value = replaced && scalar.plain ? readScalar(text) : text;
}

function lookUp(
  inner: string | undefined,
  env: Env,
): string | { code: string; message: string; hint: string } {
  const [, name, standIn] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inner ?? '') ?? [];
  if (name === undefined) {
    const message = inner === undefined ? 'a `${` is not closed' : `\`\${${inner}}\` names no variable`;
    return {
      code: 'C020',
      message,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how it is written in a config
      hint: 'write `${NAME}` or `${NAME:-default}`, or `$${` for a literal `${`',
    };
  }
  if (isSecretName(name)) {
    const hint =
      'the trainer reads HF_TOKEN and the like from the environment itself; leave it out of the config';
    return { code: 'C021', message: `the variable ${name} looks like a secret`, hint };
  }
  const value = env[name];
  if (standIn !== undefined) return value || standIn;
  if (value !== undefined) return value;
  const hint = `set it, or give a default: \${${name}:-…}`;
  return { code: 'C020', message: `the environment variable ${name} is not set`, hint };
}
