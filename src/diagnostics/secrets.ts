// Recognises secrets by name and by value, and removes them from text.

const secretName =
  /(^|[_.-])(token|secrets?|passw(or)?d|passphrase|passwd|api_?keys?|access_?keys?|private_?keys?|credentials?)([_.-]|$)|[_.-]pwd$/i;

// Tokens with a recognisable form. Each pattern is bounded, so that no text takes long.
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
  // HF_TOKEN_PATH and similar variables contain the path of a secret, not the secret.
  return secretName.test(name) && !/[_.-](path|file|dir)$/i.test(name);
}

/** Whether a value looks like a secret by itself. */
export function hasSecretShape(value: string): boolean {
  return redactShapes(value) !== value;
}

/** A function that removes secrets from text: the values of secret-looking variables of `env`, and known forms. */
export function createRedactor(env: Readonly<Record<string, string | undefined>>): Redact {
  // Skip short values, which would mask ordinary words. Longest first, so that none is masked only partly.
  const values = Object.entries(env)
    .filter(([name, value]) => isSecretName(name) && (value?.length ?? 0) >= 8)
    .map(([, value]) => value ?? '')
    .sort((a, b) => b.length - a.length);
  return (text) => redactShapes(values.reduce((kept, value) => kept.replaceAll(value, mask), text));
}

const redactors = new WeakMap<object, Redact>();

/** The redactor of an environment that does not change, made once. */
export function redactorOf(env: Readonly<Record<string, string | undefined>>): Redact {
  const known = redactors.get(env) ?? createRedactor(env);
  redactors.set(env, known);
  return known;
}

type Redact = (text: string) => string;

/**
 * The value with secrets taken out of each text in it, keys included. JSON is redacted like this and never as text: the
 * mask would swallow quotes and brackets, and an escaped line break hides where a token begins.
 */
export function redactValues<T>(value: T, redact: Redact): T {
  return redactAny(value, redact) as T;
}

function redactAny(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactAny(each, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [redact(key), redactAny(each, redact)]),
  );
}

/** One line of NDJSON without secrets; a line that does not parse is redacted as text. */
export function redactJsonLine(line: string, redact: Redact): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
    return JSON.stringify(redactValues(value, redact));
  } catch {
    return redact(line);
  }
}

/** A line of key material has nothing but these; a key that is cut off ends where something else begins. */
const keyLine = /^[\s>|"']*(?:[A-Za-z0-9+/=]{1,200}|[A-Za-z-]{1,40}: .{0,200})?(?:\\n)?[\s"',]*$/;
const keyBegins = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const keyEnds = /-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/** Like `redact`, for the lines of one text in their order: a private key takes several of them. */
export function createLineRedactor(redact: Redact): Redact {
  let inKey = false;
  return (line) => {
    let rest = line;
    let masked = '';
    if (inKey) {
      const end = keyEnds.exec(line);
      if (!end && keyLine.test(line)) return mask;
      inKey = false;
      if (end) {
        masked = mask;
        rest = line.slice(end.index + end[0].length);
      }
    }
    const begins = [...rest.matchAll(keyBegins)].at(-1);
    if (begins) inKey = !keyEnds.test(rest.slice(begins.index));
    return masked + redact(rest);
  };
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

// If text was escaped or coloured, a letter may stand before a token that is not a letter of a word: `\\n`, `\\u000a`,
// `%0A`, `ESC[31m`. Only what is stored or shown is looked at so closely.
const escaped =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  /(?<=\\[abefnrtv0]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|(?:\u001b|\\u001b|\\x1b|\\033|\\e)\[[0-9;]{0,12}m)/
    .source;
const storedShapes = secretShapes.map(({ shape }) =>
  shape.source.startsWith('\\b')
    ? new RegExp(`(?:\\b|${escaped})${shape.source.slice(2)}`, shape.flags)
    : shape,
);

/** No token of a known shape is shorter; a password in a URL is known by its slashes. */
const shortestSecret = 15;
/** Each shape has one of these in it: most texts have none, and are looked at once instead of once for each shape. */
const hints = /hf_|sk-|gh[pousr]_|github_pat_|glpat-|npm_|xox|A[KS]IA|AIza|k_live_|SG\.|eyJ|-----BEGIN|:\/\//;

function redactShapes(text: string): string {
  if (text.length < shortestSecret && !text.includes('://')) return text;
  if (!hints.test(text)) return text;
  const shaped = storedShapes.reduce((kept, shape) => kept.replace(shape, mask), text);
  return shaped.replace(urlPassword, `$1${mask}@`);
}
