// What counts as a secret, by name and by value, and how it is kept out of text.

const secretName =
  /(^|[_.-])(token|secrets?|passw(or)?d|passphrase|passwd|api_?keys?|access_?keys?|private_?keys?|credentials?)([_.-]|$)|[_.-]pwd$/i;

// Tokens that announce themselves, whatever they were called. Each is bounded, so that no text takes long.
const secretShapes: readonly { kind: string; shape: RegExp }[] = [
  { kind: 'Hugging Face token', shape: /\bhf_[A-Za-z0-9]{16,}/g },
  { kind: 'API key', shape: /\bsk-[A-Za-z0-9_-]{16,}/g },
  { kind: 'GitHub token', shape: /\bgh[pousr]_[A-Za-z0-9]{20,}/g },
  { kind: 'GitHub token', shape: /\bgithub_pat_[A-Za-z0-9_]{20,}/g },
  { kind: 'GitLab token', shape: /\bglpat-[A-Za-z0-9_-]{16,}/g },
  { kind: 'npm token', shape: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'Slack token', shape: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'AWS access key', shape: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { kind: 'Google API key', shape: /\bAIza[0-9A-Za-z_-]{35}/g },
  { kind: 'Stripe key', shape: /\b[sr]k_live_[0-9A-Za-z]{16,}/g },
  { kind: 'SendGrid key', shape: /\bSG\.[\w-]{16,64}\.[\w-]{16,64}/g },
  {
    kind: 'JSON web token',
    shape: /\beyJ[A-Za-z0-9_-]{8,400}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,}/g,
  },
  {
    kind: 'private key',
    shape:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
];
const urlPassword = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@:'"]{0,200}:[^\s/@'"]{1,200}@/gi;
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

/** A range of UTF-16 units that holds something private. */
export interface PrivateRange {
  kind: string;
  from: number;
  to: number;
}

/** Where a text holds tokens of known shapes, private keys, and passwords in URLs. */
export function findSecretShapes(text: string): PrivateRange[] {
  const found = secretShapes.flatMap(({ kind, shape }) =>
    Array.from(text.matchAll(shape), ({ index, 0: all }) => ({ kind, from: index, to: index + all.length })),
  );
  for (const { index, 0: all, 1: scheme = '' } of text.matchAll(urlPassword))
    found.push({ kind: 'password in a URL', from: index + scheme.length, to: index + all.length - 1 });
  return found;
}

function redactShapes(text: string): string {
  const shaped = secretShapes.reduce((kept, { shape }) => kept.replace(shape, mask), text);
  return shaped.replace(urlPassword, `$1${mask}@`);
}
