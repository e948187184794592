// SQLite stores NaN as NULL and does not handle infinities, so a flag beside each value gives its kind.

type Flag = 0 | 1 | 2 | 3;

/** 0 finite, 1 NaN, 2 +Infinity, 3 −Infinity. */
function flagOf(value: number): Flag {
  if (Number.isFinite(value)) return 0;
  return Number.isNaN(value) ? 1 : value > 0 ? 2 : 3;
}

/** The number from `value` and `flag`. */
export function numberOf(value: number | null, flag: number): number {
  if (flag === 0) return value ?? Number.NaN;
  return flag === 1 ? Number.NaN : flag === 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/** A value as its two columns. */
export function storedValue(value: number): [number | null, number] {
  const flag = flagOf(value);
  return [flag === 0 ? value : null, flag];
}
