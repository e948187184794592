// One row a series: how many points, the last, the extremes. Lists and comparisons read these and no points.
import type { MetricSummary } from '../run/compare.ts';
import { numberOf, storedValue } from './flags.ts';
import type { Store } from './open-store.ts';

export interface OpenSeries {
  id: number;
  points: number;
  nonfinite: number;
  lastStep: number | null;
  last: number;
  min: number | null;
  minStep: number | null;
  max: number | null;
  maxStep: number | null;
}

export interface SeriesSummary extends MetricSummary {
  /** How many of the points are NaN or infinite. */
  nonfinite: number;
}

interface SeriesRow {
  id: number;
  name: string;
  points: number;
  nonfinite: number;
  last_step: number | null;
  last_value: number | null;
  last_flag: number;
  min_value: number | null;
  min_step: number | null;
  max_value: number | null;
  max_step: number | null;
}

/** The summaries of a run's series, by name. `last` may be NaN or infinite; extremes are over finite points. */
export function seriesSummaries(store: Store, run: string): SeriesSummary[] {
  const rows = store
    .statement(
      'SELECT series.* FROM series JOIN run ON run.id = series.run_id WHERE run.uid = ? ORDER BY series.name',
    )
    .all(run) as SeriesRow[];
  return rows.map((row) => ({
    name: row.name,
    last: row.last_step === null ? null : numberOf(row.last_value, row.last_flag),
    last_step: row.last_step,
    min: row.min_value,
    min_step: row.min_step,
    max: row.max_value,
    max_step: row.max_step,
    points: row.points,
    nonfinite: row.nonfinite,
  }));
}

/** The summary of a series to add to; the series is made if it is new. */
export function openSeries(store: Store, runId: number, name: string): OpenSeries {
  const find = store.statement('SELECT * FROM series WHERE run_id = ? AND name = ?');
  const row = find.get(runId, name) as SeriesRow | undefined;
  if (!row) {
    const made = store.statement('INSERT INTO series (run_id, name) VALUES (?, ?)').run(runId, name);
    const none = { lastStep: null, last: Number.NaN, min: null, minStep: null, max: null, maxStep: null };
    return { id: Number(made.lastInsertRowid), points: 0, nonfinite: 0, ...none };
  }
  return {
    id: row.id,
    points: row.points,
    nonfinite: row.nonfinite,
    lastStep: row.last_step,
    last: numberOf(row.last_value, row.last_flag),
    min: row.min_value,
    minStep: row.min_step,
    max: row.max_value,
    maxStep: row.max_step,
  };
}

export function writeSummary(store: Store, series: OpenSeries): void {
  store
    .statement(
      `UPDATE series SET points = ?, nonfinite = ?, last_step = ?, last_value = ?, last_flag = ?,
        min_value = ?, min_step = ?, max_value = ?, max_step = ? WHERE id = ?`,
    )
    .run(
      series.points,
      series.nonfinite,
      series.lastStep,
      ...storedValue(series.last),
      series.min,
      series.minStep,
      series.max,
      series.maxStep,
      series.id,
    );
}

/** Makes a summary again from the roll-ups; a series without points goes. */
export function summarise(store: Store, seriesId: number): void {
  const totals = store
    .statement('SELECT sum(points) AS points, sum(nonfinite) AS nonfinite FROM roll WHERE series_id = ?')
    .get(seriesId) as { points: number | null; nonfinite: number | null };
  const last = store
    .statement(
      'SELECT last_step, last_value, last_flag FROM roll WHERE series_id = ? ORDER BY bucket DESC LIMIT 1',
    )
    .get(seriesId) as { last_step: number; last_value: number | null; last_flag: number } | undefined;
  if (!last) {
    store.statement('DELETE FROM series WHERE id = ?').run(seriesId);
    return;
  }
  const min = extreme(store, seriesId, 'min');
  const max = extreme(store, seriesId, 'max');
  writeSummary(store, {
    id: seriesId,
    points: totals.points ?? 0,
    nonfinite: totals.nonfinite ?? 0,
    lastStep: last.last_step,
    last: numberOf(last.last_value, last.last_flag),
    min: min?.value ?? null,
    minStep: min?.step ?? null,
    max: max?.value ?? null,
    maxStep: max?.step ?? null,
  });
}

// The first step that holds the extreme, as adding points one by one finds it.
function extreme(
  store: Store,
  seriesId: number,
  which: 'min' | 'max',
): { value: number; step: number } | null {
  const order = which === 'min' ? 'ASC' : 'DESC';
  const roll = store
    .statement(
      `SELECT ${which}_value AS value, first_step, last_step FROM roll
       WHERE series_id = ? AND ${which}_value IS NOT NULL ORDER BY ${which}_value ${order}, bucket LIMIT 1`,
    )
    .get(seriesId) as { value: number; first_step: number; last_step: number } | undefined;
  if (!roll) return null;
  const step = store
    .statement(
      'SELECT step FROM point WHERE series_id = ? AND step BETWEEN ? AND ? AND value = ? ORDER BY step LIMIT 1',
    )
    .pluck()
    .get(seriesId, roll.first_step, roll.last_step, roll.value) as number;
  return { value: roll.value, step };
}
