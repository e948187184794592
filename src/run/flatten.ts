// Nested settings as dotted paths, for comparing and filtering.

/** `{a: {b: 1}}` → `{'a.b': 1}`. Lists stay whole: `[q_proj, v_proj]` is one value. Empty maps stay as `{}`. */
export function flattenSettings(value: Record<string, unknown>): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  addFlat(flat, value, '');
  return flat;
}

function addFlat(flat: Record<string, unknown>, value: Record<string, unknown>, prefix: string): void {
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (isMap(inner) && Object.keys(inner).length > 0) addFlat(flat, inner, path);
    else flat[path] = inner;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
