// Nested settings as dotted paths, for comparing and filtering.

/** `{a: {b: 1}}` → `{'a.b': 1}`. Lists stay whole: `[q_proj, v_proj]` is one value. Empty maps stay as `{}`. */
export function flattenSettings(value: Record<string, unknown>, prefix = ''): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (isMap(inner) && Object.keys(inner).length > 0) Object.assign(flat, flattenSettings(inner, path));
    else flat[path] = inner;
  }
  return flat;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
