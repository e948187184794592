// What looks like a secret, by name and by value. Configs are copied into run folders, so none may hold one.

const secretName =
  /(^|[_.-])(tokens?|secrets?|passw(or)?d|passphrase|api[_-]?keys?|apikey|access[_-]?keys?|private[_-]?keys?|credentials?)([_.-]|$)/i;

/** Prefixes under which services hand out their tokens, and private keys. */
const secretValue =
  /\bhf_[A-Za-z0-9]{16,}|\bsk-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bAKIA[A-Z0-9]{16}\b|\bxox[abprs]-[\w-]{10,}|\bglpat-[\w-]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY/;

const secretPair =
  /((?:[\w.-]*(?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credential)s?["']?)\s*[:=]\s*)(["']?)([^\s"',}]+)/gi;

/** Whether a key or a variable is named as secrets are. */
export function isSecretName(name: string): boolean {
  return secretName.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'));
}

/** Whether a text contains what looks like a token or a private key. */
export function isSecretValue(text: string): boolean {
  return secretValue.test(text);
}

/** The text with every such value masked, letter for letter. */
export function hideSecrets(text: string): string {
  return text
    .replace(new RegExp(secretValue, 'g'), (value) => '*'.repeat(value.length))
    .replace(secretPair, (_all, key: string, quote: string, value: string) =>
      /^(true|false|null|~|none|\d+)$/i.test(value)
        ? `${key}${quote}${value}`
        : key + quote + '*'.repeat(value.length),
    );
}
