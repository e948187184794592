// What `try` and `merge` need of a run: its plan and an existing adapter.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import { runPaths } from '../../run/layout.ts';
import type { Plan } from '../../run/plan.ts';
import type { Store } from '../../store/open-store.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { awayState } from '../../supervise/away-runs.ts';
import { requireTrust, trustCode } from '../../supervise/trusted-code.ts';
import { requirePlan } from '../files/require-plan.ts';

export interface FinishedAdapter {
  id: string;
  dir: string;
  plan: Plan;
  adapter: string;
  tokenizer: string;
}

/** The run, and whether its base model may execute code. */
export interface AdapterRequest {
  store: Store;
  runsDir: string;
  /** Id, prefix, name or @last. */
  run: string;
  env: Readonly<Record<string, string | undefined>>;
  /** `--trust-remote-code` */
  trustCode: boolean;
}

/** The adapter of a run. Throws UserError R152 if the run has none (yet), R133 if its base model may not execute code. */
export async function findAdapter(request: AdapterRequest): Promise<FinishedAdapter> {
  const { store, runsDir, run: ref, env } = request;
  const id = resolveRun(store, ref);
  const dir = join(runsDir, id);
  const { adapter, data } = runPaths(dir);
  const state = awayState(request, id);
  const away = state?.ended && !state.fetched ? state.host : null;
  if (!existsSync(join(adapter, 'adapter_config.json')))
    throw new UserError('R152', `run ${id} has no adapter${away ? ' here' : ''}`, {
      hint: away
        ? `its results are on ${away}: \`lorch fetch ${id}\` brings them`
        : `an adapter is saved when a run succeeds; \`lorch show ${id}\` says how this one ended`,
      exitCode: 1,
    });
  const plan = await requirePlan(dir);
  if (request.trustCode) trustCode(env, dir, plan);
  requireTrust(env, dir, plan);
  return { id, dir, plan, adapter, tokenizer: join(data, 'tokenizer') };
}

/** The `init_adapter` part of a trainer spec: what must be fused into the base before the run's adapter is loaded. */
export function fusedFirst({ plan, dir }: FinishedAdapter): Record<string, unknown> {
  if (plan.init_adapter?.mode !== 'fuse') return {};
  return { init_adapter: { path: join(runPaths(dir).data, 'init_adapter'), files: plan.init_adapter.files } };
}

/** The `model` part of a trainer spec. */
export function modelSpec(plan: Plan): Record<string, unknown> {
  const { id, path, revision } = plan.base_model;
  return { id, path, revision, trust_remote_code: plan.model.trust_remote_code };
}
