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
    if (isNested(inner)) addFlat(flat, inner, path);
    else flat[path] = inner;
  }
}

/** Whether a value is flattened further: a map that is not empty. */
export function isNested(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}
