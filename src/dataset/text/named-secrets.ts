// Secrets without a recognisable form, found by their names: `password = "…"`, `api_key: …`.
import type { PrivateRange } from '../../diagnostics/secrets.ts';

const named =
  /(?<!enc_|encrypted_|hashed_|hash_)\b(?!enc|hash)(?:[a-z]+[_-])*(?:password|passwd|pwd|secret|api[_-]?key|apikey|access[_-]?key|secret[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key|client[_-]?secret|secret[_-]?access[_-]?key)\b["']?\s*(?:=>|:=|=|:)\s*(?:"([^"\s]{8,200})"|'([^'\s]{8,200})'|(?=[A-Za-z+/_-]*\d)([A-Za-z0-9+/_-]{20,200})(?![.(\w]))/gi;
// A token in a header, and values without quotes: alone on a line of settings, or in a connection string.
const bearer =
  /\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token)\s+([A-Za-z0-9._~+/-]{16,500}=*)/gi;
const assigned =
  /(?:^|[\n;])[ \t]*(?:export |set |env |- )?["']?(?:[A-Za-z]+[_-])*(?:password|passwd|pwd|secret|token|api[_-]?key)["']?(?:=|[ \t]?[:=] ?)([^\s"'`,;]{8,200})(?=[ \t]*(?:[\n;]|$))/gi;
const kinds: readonly [RegExp, string][] = [
  [/passw|pwd/i, 'password'],
  [/api|key/i, 'API key'],
];
// Variables, calls, paths and what documentation puts there.
const notAValue =
  /^[$%{<[]|[(){}[\]<>]|\*{3}|x{3}|\.{3}|your|example|placeholder|changeme|change[_-]me|dummy|sample|secret|passw|token|mysql|process\.|os\.|env|config|getenv|self\.|this\.|insert|here$|1234|qwerty|abcd|^test|^admin|^root|^user|^my/i;

/** Values given to a name that says secret, unless they are plainly made up or no values at all. */
export function findNamedSecrets(text: string, all = false): PrivateRange[] {
  const found: PrivateRange[] = [];
  for (const match of text.matchAll(named)) {
    const value = match[1] ?? match[2] ?? match[3] ?? '';
    const kind =
      kinds.find(([name]) => name.test(match[0].slice(0, match[0].indexOf(value))))?.[1] ?? 'secret';
    // Hexadecimal digits beside "password" are a hash of it more often.
    const drawn = looksDrawn(value) || (kind !== 'password' && isHex(value));
    if (!all && (notAValue.test(value) || !drawn)) continue;
    const from = match.index + match[0].lastIndexOf(value);
    found.push({ kind, from, to: from + value.length });
  }
  for (const [pattern, kind] of [
    [bearer, 'token'],
    [assigned, 'password'],
  ] as const)
    for (const match of text.matchAll(pattern)) {
      const value = match[1] ?? '';
      const from = match.index + match[0].lastIndexOf(value);
      if (found.some((other) => other.from < from + value.length && from < other.to)) continue;
      if (!all && (notAValue.test(value) || !looksDrawn(value))) continue;
      found.push({ kind, from, to: from + value.length });
    }
  return found;
}

// A word is not a secret; letters with digits or signs, and few repeats, may be one.
function looksDrawn(value: string): boolean {
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((sort) => sort.test(value)).length;
  return sorts >= 3 && new Set(value).size >= 7;
}

function isHex(value: string): boolean {
  return /^(?=.*\d)(?=.*[a-f])[\da-f]{32,128}$/.test(value) && new Set(value).size >= 7;
}
