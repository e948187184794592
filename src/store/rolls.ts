// 64-point roll-ups of a series, which a chart of a long run reads instead of the points.
import { numberOf, storedValue } from './flags.ts';
import type { Store } from './open-store.ts';

export const rollSize = 64;

/** Up to `rollSize` consecutive points. Extremes and sum are over the finite ones. */
export interface Roll {
  bucket: number;
  points: number;
  nonfinite: number;
  firstStep: number;
  lastStep: number;
  min: number | null;
  max: number | null;
  sum: number;
  last: number;
}

export interface PointRow {
  step: number;
  value: number | null;
  flag: number;
}

export interface RollRow {
  bucket: number;
  points: number;
  nonfinite: number;
  first_step: number;
  last_step: number;
  min_value: number | null;
  max_value: number | null;
  sum_value: number;
  last_value: number | null;
  last_flag: number;
}

export const rollColumns =
  'bucket, points, nonfinite, first_step, last_step, min_value, max_value, sum_value, last_value, last_flag';

export function rollOf(row: RollRow): Roll {
  return {
    bucket: row.bucket,
    points: row.points,
    nonfinite: row.nonfinite,
    firstStep: row.first_step,
    lastStep: row.last_step,
    min: row.min_value,
    max: row.max_value,
    sum: row.sum_value,
    last: numberOf(row.last_value, row.last_flag),
  };
}

/** A roll-up of no points yet. */
export function emptyRoll(bucket: number, firstStep: number): Roll {
  return {
    bucket,
    points: 0,
    nonfinite: 0,
    firstStep,
    lastStep: firstStep,
    min: null,
    max: null,
    sum: 0,
    last: 0,
  };
}

/** Adds the next point. Call it in step order, so that sums are equal to the last bit. */
export function addToRoll(roll: Roll, step: number, value: number): void {
  roll.points += 1;
  roll.lastStep = step;
  roll.last = value;
  if (!Number.isFinite(value)) {
    roll.nonfinite += 1;
    return;
  }
  roll.sum += value;
  if (roll.min === null || value < roll.min) roll.min = value;
  if (roll.max === null || value > roll.max) roll.max = value;
}

export function writeRoll(store: Store, seriesId: number, roll: Roll): void {
  store
    .statement(
      `INSERT OR REPLACE INTO roll (series_id, ${rollColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      seriesId,
      roll.bucket,
      roll.points,
      roll.nonfinite,
      roll.firstStep,
      roll.lastStep,
      roll.min,
      roll.max,
      roll.sum,
      ...storedValue(roll.last),
    );
}

/** Makes the roll-ups of a series again from its points, from the bucket that `step` falls into. */
export function rebuildRolls(store: Store, seriesId: number, step: number): void {
  const hit = store
    .statement(
      'SELECT bucket, first_step FROM roll WHERE series_id = ? AND last_step >= ? ORDER BY bucket LIMIT 1',
    )
    .get(seriesId, step) as { bucket: number; first_step: number } | undefined;
  const open = store
    .statement('SELECT bucket, first_step FROM roll WHERE series_id = ? ORDER BY bucket DESC LIMIT 1')
    .get(seriesId) as { bucket: number; first_step: number } | undefined;
  const start = hit ?? open ?? { bucket: 0, first_step: step };
  store.statement('DELETE FROM roll WHERE series_id = ? AND bucket >= ?').run(seriesId, start.bucket);
  const points = store
    .statement('SELECT step, value, flag FROM point WHERE series_id = ? AND step >= ? ORDER BY step')
    .all(seriesId, Math.min(step, start.first_step)) as PointRow[];
  let roll: Roll | null = null;
  for (const point of points) {
    if (roll?.points === rollSize) {
      writeRoll(store, seriesId, roll);
      roll = emptyRoll(roll.bucket + 1, point.step);
    }
    roll ??= emptyRoll(start.bucket, point.step);
    addToRoll(roll, point.step, numberOf(point.value, point.flag));
  }
  if (roll) writeRoll(store, seriesId, roll);
}
