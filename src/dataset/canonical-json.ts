// Canonical JSON as in RFC 8785: keys sorted by UTF-16 code units, no spaces, ECMAScript's numbers and strings.
// Two differences: half a surrogate pair is written as its escape instead of being refused; a number that JavaScript would
// write differently (10.0, 1e20, 12345678901234567890) keeps its kind and its digits, as Python reads it.
import { writtenNumber } from './exact-json.ts';

/** The canonical JSON of a JSON value. Skips undefined members. The caller must limit the depth. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    let out = '[';
    for (let i = 0; i < value.length; i += 1) out += (i > 0 ? ',' : '') + member(value, i, value[i]);
    return `${out}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const object = value as Record<string, unknown>;
  let out = '';
  for (const key of Object.keys(object).sort())
    if (object[key] !== undefined)
      out += `${out === '' ? '' : ','}${JSON.stringify(key)}:${member(object, key, object[key])}`;
  return `{${out}}`;
}

function member(holder: object, key: string | number, value: unknown): string {
  const written = typeof value === 'number' ? writtenNumber(holder, key) : undefined;
  return written === undefined ? canonicalJson(value) : canonicalNumber(written);
}

// Write whole numbers by their digits; Python and templates treat a decimal differently even if it is whole.
function canonicalNumber(written: string): string {
  const value = Number(written);
  if (!/[.eE]/.test(written)) return Number.isSafeInteger(value) ? String(value + 0) : written;
  if (!Number.isFinite(value)) return written;
  const plain = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(plain) ? plain : `${plain}.0`;
}
