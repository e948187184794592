// Checks by hash, shape and name whether an adapter was trained on the base model of the config.
import { resolve } from 'node:path';
import type { RunConfig } from '../../config/schema/run.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import type { TrainedModule } from '../../model/count-lora.ts';
import { adapterMisfit } from '../../model/fit-adapter.ts';
import type { FoundAdapter } from './find-init-adapter.ts';
import type { ReadAdapter } from './read-init-adapter.ts';

export interface BaseCheck {
  found: FoundAdapter;
  adapter: ReadAdapter;
  /** What the adapter's own settings would train on this base. */
  expected: readonly TrainedModule[];
  base: ResolvedModel;
  config: RunConfig;
  /** Root of the workspace. */
  root: string;
}

/** Warnings if only names differ (P054). Throws UserError P053 if the base is another model. */
export function checkAdapterBase({ found, adapter, expected, base, config, root }: BaseCheck): Finding[] {
  const { facts, tensors, unknown } = adapter;
  const trained = facts.base_model ? ` (it was trained on ${facts.base_model})` : '';
  const planned = found.plan?.base_model;
  const misfit = adapterMisfit(
    { tensors, modules: facts.modules },
    base.reading.known ? base.reading.facts : null,
    expected,
  );
  if (misfit) throw otherBase(found, `${misfit}${trained}`, facts.base_model);
  const findings: Finding[] = [];
  const warn = (message: string, advice: string) =>
    findings.push({
      code: 'P054',
      name: 'init-adapter-base-name',
      severity: 'warning',
      message,
      hint: advice,
    });
  const names = [config.base_model, base.path, resolve(root, config.base_model)];
  if (facts.base_model === null)
    warn(
      `${found.name} does not say what base it was trained on; its shapes fit ${config.base_model}`,
      'make sure that it is the same model: shapes alone do not tell two models of one family apart',
    );
  else if (
    planned?.id !== config.base_model &&
    !names.some((name) => name === facts.base_model || name === resolve(root, facts.base_model ?? ''))
  )
    warn(
      `${found.name} was trained on ${facts.base_model}, and base_model is ${config.base_model}; the shapes fit`,
      'if both names mean the same model, do nothing; if not, name the base that the adapter was trained on',
    );
  const trainedAt = planned ? planned.revision : facts.base_revision;
  if (trainedAt && base.revision && /^[0-9a-f]{40}$/.test(trainedAt) && trainedAt !== base.revision)
    warn(
      `${found.name} was trained on revision ${trainedAt.slice(0, 12)} of its base, and this run takes ${base.revision.slice(0, 12)}`,
      `write \`revision: ${trainedAt}\` for the same weights`,
    );
  if (unknown.length > 0)
    findings.push({
      code: 'P055',
      name: 'init-adapter-unknown-field',
      severity: 'warning',
      message: `adapter_config.json of ${found.name} has fields that lorch does not know: ${unknown.slice(0, 8).join(', ')}`,
      hint: 'a newer PEFT wrote it; if a field changes what the adapter computes, the first loss shows it',
    });
  return findings;
}

/** Throws UserError P053 if the run that made the adapter had a base with another config.json. */
export function checkBaseHash(found: FoundAdapter, base: ResolvedModel): void {
  const planned = found.plan?.base_model;
  if (!planned || planned.config_sha256 === base.configSha256) return;
  throw otherBase(found, `its base ${planned.id} has another config.json than ${base.id}`, planned.id);
}

/** P053; `trainedOn` is the base that the adapter names. */
export function otherBase({ name }: FoundAdapter, reason: string, trainedOn: string | null): UserError {
  const hint = trainedOn
    ? `write the base that it was trained on: \`base_model: ${trainedOn}\``
    : 'write the base that it was trained on as `base_model:`';
  return new UserError('P053', `init_adapter: ${name} does not belong to this base model: ${reason}`, {
    hint,
  });
}
