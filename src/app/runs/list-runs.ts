// The recorded runs, one line each.
import { UserError } from '../../diagnostics/user-error.ts';
import { statusWord } from '../../run/status.ts';
import type { Store } from '../../store/open-store.ts';
import { nearestParam } from '../../store/params.ts';
import { activeMs, listRuns, type ParamFilter, type RunRow } from '../../store/runs.ts';

/** What `lorch runs --json` prints of a run. */
export interface RunSummary {
  id: string;
  name: string;
  status: string;
  created_ms: number;
  base_model: string;
  step: number | null;
  max_steps: number | null;
  /** The last value; null before the first, and if it is not a finite number. */
  loss: number | null;
  best_eval_loss: number | null;
  best_eval_step: number | null;
  trainable: number | null;
  total: number | null;
  /** Total time of the attempts, including a running one. Null before the first. */
  duration_ms: number | null;
  attempts: number;
  sweep: string | null;
  tags: string[];
  unreviewed: string | null;
  failure: { class: string; code: string; message: string } | null;
}

export interface RunFilters {
  status?: readonly string[];
  name?: string;
  tag?: string;
  sweep?: string;
  /** Conditions on plan values as a user types them, e.g. `lora.r>=16`. */
  where?: readonly string[];
  limit?: number;
}

/** The newest runs that match every filter. Throws UserError U106, U107. */
export function listRecordedRuns(store: Store, filters: RunFilters, now: number): RunSummary[] {
  const { where = [], ...rest } = filters;
  const params = where.map(parseFilter);
  for (const { key } of params) {
    const near = nearestParam(store, key);
    if (near !== key)
      throw new UserError('U107', `no run has a setting ${key}`, {
        hint: near ? `did you mean ${near}?` : '`lorch show RUN --json` names the settings of a plan',
      });
  }
  return listRuns(store, { ...rest, params }).map((run) => summarise(run, now));
}

/** `lora.r>=16` → key, operator, value. Numbers, true, false and null are parsed; everything else is text. */
export function parseFilter(text: string): ParamFilter {
  const match = /^\s*([\w.-]+)\s*(>=|<=|!=|=|<|>)\s*(.*?)\s*$/.exec(text);
  const [, key, operator, value] = match ?? [];
  if (!key || !operator || value === undefined || value === '')
    throw new UserError('U106', `${text} is not a condition on a setting`, {
      hint: "for example --where 'lora.r>=16' or --where base_model.id=org/model",
    });
  return { key, operator: operator as ParamFilter['operator'], value: parseScalar(value) };
}

function parseScalar(text: string): ParamFilter['value'] {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

function summarise(run: RunRow, now: number): RunSummary {
  return {
    id: run.id,
    name: run.name,
    status: statusWord(run.status),
    created_ms: run.createdMs,
    base_model: run.baseModel,
    step: run.step,
    max_steps: run.maxSteps,
    loss: run.lastLoss !== null && Number.isFinite(run.lastLoss) ? run.lastLoss : null,
    best_eval_loss: run.bestEval?.loss ?? null,
    best_eval_step: run.bestEval?.step ?? null,
    trainable: run.trainable,
    total: run.total,
    duration_ms: run.startedMs === null ? null : activeMs(run, now),
    attempts: run.attempts,
    sweep: run.sweepId,
    tags: run.tags,
    unreviewed: run.unreviewed,
    failure: run.failure && {
      class: run.failure.class,
      code: run.failure.code,
      message: run.failure.message,
    },
  };
}
