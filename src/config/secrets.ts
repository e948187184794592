// Configs are copied into run folders, so they must not contain secrets, and findings must not show them.
import { hasSecretShape, isSecretName as isNamedSecret } from '../diagnostics/secrets.ts';

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY/;

/** A key and its value on one line of YAML. */
const pair = /([\w.-]+["']?\s*[:=]\s*)(["']?)([^\s"',{}[\]]+)/g;

/** Whether a key or a variable is named as secrets are, also in camelCase. */
export function isSecretName(name: string): boolean {
  return isNamedSecret(name.replace(/([a-z])([A-Z])/g, '$1_$2'));
}

/** Whether a text contains what looks like a token or a private key. */
export function isSecretValue(text: string): boolean {
  return hasSecretShape(text) || privateKey.test(text);
}

/** The text with every such value masked letter for letter, so that a caret below it stays in place. */
export function hideSecrets(text: string): string {
  const stars = (value: string) => '*'.repeat(value.length);
  return text
    .replace(/[^\s"',{}[\]]+/g, (word) => (isSecretValue(word) ? stars(word) : word))
    .replace(pair, (all, key: string, quote: string, value: string) =>
      isSecretName(key.replace(/["'\s:=]+$/, '')) && !/^(true|false|null|~|none|\d+)$/i.test(value)
        ? key + quote + stars(value)
        : all,
    );
}
