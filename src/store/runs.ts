// Reading runs: one, or a page of the list. No points are touched.
import type { Failure } from '../run/failure.ts';
import type { RunOutcome, RunPhase, RunStatus } from '../run/status.ts';
import { numberOf } from './flags.ts';
import type { Store } from './open-store.ts';

export interface RunRow {
  id: string;
  name: string;
  createdMs: number;
  status: RunStatus;
  baseModel: string;
  planHash: string;
  datasetFingerprint: string;
  sweepId: string | null;
  sweepIndex: number | null;
  notes: string;
  tags: string[];
  /** The reason given for training without a review; null if none was needed. */
  unreviewed: string | null;
  /** As counted by the trainer; null before that. */
  trainable: number | null;
  total: number | null;
  step: number | null;
  maxSteps: number | null;
  epoch: number | null;
  tokens: number | null;
  trainedTokens: number | null;
  /** Relative to the run folder. */
  bestCheckpoint: string | null;
  failure: Failure | null;
  attempts: number;
  startedMs: number | null;
  /** When the last attempt ended; null while one runs. */
  endedMs: number | null;
  /** Time in attempts that ended, and since when the open one has been running. */
  endedAttemptsMs: number;
  openSinceMs: number | null;
  lastLoss: number | null;
  bestEval: { loss: number; step: number } | null;
}

/** A condition on a plan value, e.g. `lora.r >= 16`. Text compares with text, numbers with numbers. */
export interface ParamFilter {
  key: string;
  operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
  value: string | number | boolean | null;
}

export interface ListRunsOptions {
  /** Phases and outcomes, as `statusWord` names them. */
  status?: readonly string[];
  name?: string;
  tag?: string;
  sweep?: string;
  params?: readonly ParamFilter[];
  /** Only unfinished runs. */
  unfinished?: boolean;
  limit?: number;
  offset?: number;
}

interface SqlRun {
  uid: string;
  name: string;
  created_ms: number;
  phase: RunPhase;
  outcome: RunOutcome | null;
  exit_code: number | null;
  signal: string | null;
  failure: string | null;
  base_model: string;
  plan_hash: string;
  dataset_fingerprint: string;
  sweep_id: string | null;
  sweep_index: number | null;
  notes: string;
  unreviewed: string | null;
  trainable: number | null;
  total: number | null;
  step: number | null;
  max_steps: number | null;
  epoch: number | null;
  tokens: number | null;
  trained_tokens: number | null;
  best_checkpoint: string | null;
  tags: string;
  attempts: number;
  started_ms: number | null;
  ended_ms: number | null;
  ended_attempts_ms: number;
  open_since_ms: number | null;
  loss_value: number | null;
  loss_flag: number | null;
  eval_min: number | null;
  eval_step: number | null;
}

const select = `
  SELECT run.*,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE run_id = run.id ORDER BY tag)) AS tags,
    (SELECT count(*) FROM attempt WHERE run_id = run.id AND state <> 'abandoned') AS attempts,
    (SELECT min(started_ms) FROM attempt WHERE run_id = run.id) AS started_ms,
    (SELECT max(ended_ms) FROM attempt WHERE run_id = run.id AND state = 'finished') AS ended_ms,
    (SELECT coalesce(sum(max(ended_ms - started_ms, 0)), 0) FROM attempt
       WHERE run_id = run.id AND ended_ms IS NOT NULL AND started_ms IS NOT NULL) AS ended_attempts_ms,
    (SELECT max(started_ms) FROM attempt WHERE run_id = run.id AND state = 'running') AS open_since_ms,
    loss.last_value AS loss_value, loss.last_flag AS loss_flag,
    best.min_value AS eval_min, best.min_step AS eval_step
  FROM run
    LEFT JOIN series AS loss ON loss.run_id = run.id AND loss.name = 'loss'
    LEFT JOIN series AS best ON best.run_id = run.id AND best.name = 'eval_loss'`;

// Looked up, never pasted from what a user typed.
const operators = { '=': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

/** One run by its full id; null if there is none. */
export function getRun(store: Store, run: string): RunRow | null {
  const row = store.statement(`${select} WHERE run.uid = ?`).get(run) as SqlRun | undefined;
  return row ? runOf(row) : null;
}

/** How far a run's life is; null if there is no such run. */
export function runPhase(store: Store, run: string): RunPhase | null {
  return (
    (store.statement('SELECT phase FROM run WHERE uid = ?').pluck().get(run) as RunPhase | undefined) ?? null
  );
}

/** Runs, the newest first. */
export function listRuns(store: Store, options: ListRunsOptions = {}): RunRow[] {
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (condition: string, ...bound: unknown[]) => {
    where.push(condition);
    values.push(...bound);
  };
  if (options.status)
    add(
      'coalesce(run.outcome, run.phase) IN (SELECT value FROM json_each(?))',
      JSON.stringify(options.status),
    );
  if (options.unfinished) add("run.phase <> 'finished'");
  if (options.name !== undefined) add('run.name = ?', options.name);
  if (options.tag !== undefined) add('run.id IN (SELECT run_id FROM tag WHERE tag = ?)', options.tag);
  if (options.sweep !== undefined) add('run.sweep_id = ?', options.sweep);
  for (const { key, operator, value } of options.params ?? []) {
    const column = typeof value === 'number' ? 'number' : 'value';
    add(
      `EXISTS (SELECT 1 FROM param WHERE run_id = run.id AND key = ? AND ${column} ${operators[operator]} ?)`,
      key,
      typeof value === 'number' ? value : JSON.stringify(value),
    );
  }
  const sql = `${select}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}
    ORDER BY run.created_ms DESC, run.uid DESC LIMIT ? OFFSET ?`;
  const rows = store.statement(sql).all(...values, options.limit ?? -1, options.offset ?? 0) as SqlRun[];
  return rows.map(runOf);
}

/** Time spent in attempts, ms; counts on while one runs. */
export function activeMs(run: Pick<RunRow, 'endedAttemptsMs' | 'openSinceMs'>, now: number): number {
  return run.endedAttemptsMs + (run.openSinceMs === null ? 0 : Math.max(0, now - run.openSinceMs));
}

function runOf(row: SqlRun): RunRow {
  const lastLoss = row.loss_flag === null ? null : numberOf(row.loss_value, row.loss_flag);
  return {
    id: row.uid,
    name: row.name,
    createdMs: row.created_ms,
    status: statusOf(row),
    baseModel: row.base_model,
    planHash: row.plan_hash,
    datasetFingerprint: row.dataset_fingerprint,
    sweepId: row.sweep_id,
    sweepIndex: row.sweep_index,
    notes: row.notes,
    tags: JSON.parse(row.tags) as string[],
    unreviewed: row.unreviewed,
    trainable: row.trainable,
    total: row.total,
    step: row.step,
    maxSteps: row.max_steps,
    epoch: row.epoch,
    tokens: row.tokens,
    trainedTokens: row.trained_tokens,
    bestCheckpoint: row.best_checkpoint,
    failure: row.failure === null ? null : (JSON.parse(row.failure) as Failure),
    attempts: row.attempts,
    startedMs: row.started_ms,
    endedMs: row.phase === 'finished' ? row.ended_ms : null,
    endedAttemptsMs: row.ended_attempts_ms,
    openSinceMs: row.open_since_ms,
    lastLoss,
    bestEval: row.eval_min === null ? null : { loss: row.eval_min, step: row.eval_step ?? 0 },
  };
}

function statusOf(row: SqlRun): RunStatus {
  if (row.phase !== 'finished') return { phase: row.phase };
  return {
    phase: 'finished',
    outcome: row.outcome ?? 'lost',
    exitCode: row.exit_code,
    signal: row.signal,
  };
}
