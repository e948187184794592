// Canonical JSON, as RFC 8785 has it: keys sorted by UTF-16 code units, no space, ECMAScript's numbers and strings.
// One difference: half a surrogate pair is written as its escape instead of being refused.

/** The canonical JSON of a JSON value. Undefined members are left out; depth is the caller's to limit. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    let out = '[';
    for (let i = 0; i < value.length; i += 1) out += (i > 0 ? ',' : '') + canonicalJson(value[i]);
    return `${out}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const object = value as Record<string, unknown>;
  let out = '';
  for (const key of Object.keys(object).sort())
    if (object[key] !== undefined)
      out += `${out === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key])}`;
  return `{${out}}`;
}
