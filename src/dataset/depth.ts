/** The most levels of nesting that a row may have, so that walking it needs a bounded stack. */
export const maxDepth = 200;

/** Whether a JSON value is nested deeper than `limit` levels. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  for (const each of Array.isArray(value) ? value : Object.values(value))
    if (typeof each === 'object' && each !== null && isDeeperThan(each, limit - 1)) return true;
  return false;
}
