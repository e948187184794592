// The value of a row's field, by which rows are grouped.
import { canonicalJson } from '../canonical-json.ts';

/**
 * The value at `field`, a key or a path such as `meta.user`, as a string; null if the row has none, or it is null or
 * empty. The number 1 and the text "1" are one value.
 */
export function fieldValue(row: unknown, field: string): string | null {
  const value = find(row, field);
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value.trim() : canonicalJson(value);
  return text === '' ? null : text;
}

// A key may contain dots itself.
function find(row: unknown, field: string): unknown {
  if (typeof row !== 'object' || row === null) return undefined;
  if (Object.hasOwn(row, field)) return (row as Record<string, unknown>)[field];
  for (let dot = field.indexOf('.'); dot > 0; dot = field.indexOf('.', dot + 1)) {
    const key = field.slice(0, dot);
    if (!Object.hasOwn(row, key)) continue;
    const found = find((row as Record<string, unknown>)[key], field.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
