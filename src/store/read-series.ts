// A series for a chart: every point if there are few, else buckets with their extremes, so that no spike is lost.
import { numberOf } from './flags.ts';
import type { Store } from './open-store.ts';
import {
  addToRoll,
  emptyRoll,
  type PointRow,
  type Roll,
  type RollRow,
  rollColumns,
  rollOf,
  rollSize,
} from './rolls.ts';

export interface SeriesBucket {
  first_step: number;
  last_step: number;
  points: number;
  /** How many of them are NaN or infinite; extremes and mean are over the others, null if there is none. */
  nonfinite: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  last: number;
}

export interface ReadSeriesOptions {
  /** At most this many buckets; 1000 by default. */
  maxPoints?: number;
  fromStep?: number;
  toStep?: number;
}

/** A series of a run in step order; empty if the run has none of that name. */
export function readSeries(
  store: Store,
  run: string,
  name: string,
  options: ReadSeriesOptions = {},
): SeriesBucket[] {
  const { maxPoints = 1000, fromStep = 0, toStep = Number.MAX_SAFE_INTEGER } = options;
  const id = store
    .statement(
      'SELECT series.id FROM series JOIN run ON run.id = run_id WHERE run.uid = ? AND series.name = ?',
    )
    .pluck()
    .get(run, name) as number | undefined;
  if (id === undefined) return [];
  const inRange = store
    .statement(
      'SELECT coalesce(sum(points), 0) FROM roll WHERE series_id = ? AND last_step >= ? AND first_step <= ?',
    )
    .pluck()
    .get(id, fromStep, toStep) as number;
  const perBucket = Math.max(1, Math.ceil(inRange / Math.max(1, maxPoints)));
  const parts =
    perBucket < rollSize ? points(store, id, fromStep, toStep) : rolls(store, id, fromStep, toStep);
  return group(parts, perBucket < rollSize ? perBucket : Math.ceil(perBucket / rollSize)).map(bucketOf);
}

function* points(store: Store, id: number, from: number, to: number): Generator<Roll> {
  const rows = store
    .statement(
      'SELECT step, value, flag FROM point WHERE series_id = ? AND step BETWEEN ? AND ? ORDER BY step',
    )
    .all(id, from, to) as PointRow[];
  for (const row of rows) {
    const roll = emptyRoll(0, row.step);
    addToRoll(roll, row.step, numberOf(row.value, row.flag));
    yield roll;
  }
}

function* rolls(store: Store, id: number, from: number, to: number): Generator<Roll> {
  const rows = store
    .statement(
      `SELECT ${rollColumns} FROM roll WHERE series_id = ? AND last_step >= ? AND first_step <= ? ORDER BY bucket`,
    )
    .all(id, from, to) as RollRow[];
  for (const row of rows) yield rollOf(row);
}

function group(parts: Iterable<Roll>, size: number): Roll[] {
  const groups: Roll[] = [];
  let inLast = size;
  for (const part of parts) {
    const last = groups.at(-1);
    if (inLast === size || !last) {
      groups.push({ ...part });
      inLast = 1;
    } else {
      merge(last, part);
      inLast += 1;
    }
  }
  return groups;
}

function merge(into: Roll, part: Roll): void {
  into.points += part.points;
  into.nonfinite += part.nonfinite;
  into.lastStep = part.lastStep;
  into.last = part.last;
  into.sum += part.sum;
  if (part.min !== null && (into.min === null || part.min < into.min)) into.min = part.min;
  if (part.max !== null && (into.max === null || part.max > into.max)) into.max = part.max;
}

function bucketOf(roll: Roll): SeriesBucket {
  const finite = roll.points - roll.nonfinite;
  return {
    first_step: roll.firstStep,
    last_step: roll.lastStep,
    points: roll.points,
    nonfinite: roll.nonfinite,
    min: roll.min,
    max: roll.max,
    mean: finite === 0 ? null : roll.sum / finite,
    last: roll.last,
  };
}
