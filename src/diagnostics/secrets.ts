// What counts as a secret, by name and by value, and how it is kept out of text.

const secretName =
  /(^|[_.-])(token|secrets?|passw(or)?d|passphrase|passwd|api_?keys?|access_?keys?|private_?keys?|credentials?)([_.-]|$)|[_.-]pwd$/i;

// Tokens that announce themselves, whatever they were called; and passwords in URLs.
const secretShapes = [
  /\bhf_[A-Za-z0-9]{16,}/g,
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
];
const urlPassword = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:'"]*:[^\s/@'"]+@/gi;
const mask = '[secret]';

/** Whether a setting or environment variable of this name holds a secret: HF_TOKEN, WANDB_API_KEY, db.password … */
export function isSecretName(name: string): boolean {
  // HF_TOKEN_PATH and its like say where a secret lies, which is none.
  return secretName.test(name) && !/[_.-](path|file|dir)$/i.test(name);
}

/** Whether a value looks like a secret by itself. */
export function hasSecretShape(value: string): boolean {
  return redactShapes(value) !== value;
}

/** A function that takes secrets out of text: the values of secret-looking variables of `env`, and known shapes. */
export function createRedactor(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  // Short values would blank out ordinary words; the longest first, so that none is left half standing.
  const values = Object.entries(env)
    .filter(([name, value]) => isSecretName(name) && (value?.length ?? 0) >= 8)
    .map(([, value]) => value ?? '')
    .sort((a, b) => b.length - a.length);
  return (text) => redactShapes(values.reduce((kept, value) => kept.replaceAll(value, mask), text));
}

function redactShapes(text: string): string {
  const shaped = secretShapes.reduce((kept, shape) => kept.replace(shape, mask), text);
  return shaped.replace(urlPassword, `$1${mask}@`);
}
