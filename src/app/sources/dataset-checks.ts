// The checks for the datasets of a command, including workspace settings and reviewers' verdicts.
import { findWorkspace } from '../../config/workspace.ts';
import type { CheckPrecision } from '../../dataset/review/check-precision.ts';
import type { CheckSettings } from '../../dataset/scan/check-settings.ts';
import type { DataSource } from '../../dataset/scan/scan-types.ts';
import { readPrecision } from './check-precision.ts';
import { type CheckChoice, type ChosenChecks, chooseChecks, errorsOnly } from './choose-checks.ts';

export interface DatasetChecksRequest extends Pick<CheckChoice, 'file' | 'filter' | 'config'> {
  cwd: string;
  /** The user's home, for paths in lorch.yaml. */
  home?: string | undefined;
  sources: readonly DataSource[];
}

/** The settings that apply to a dataset. Throws UserError C001, C026, D094 with the places of the faults. */
export async function chooseDatasetChecks(
  request: DatasetChecksRequest,
): Promise<{ checks: ChosenChecks; precision: readonly CheckPrecision[] }> {
  const workspace = await findWorkspace(request.cwd, request.home);
  const precision = await readPrecision(request.sources);
  const checks = await chooseChecks({ ...request, workspace: workspace?.checks ?? null, precision });
  return { checks, precision };
}

/**
 * Only the settings that decide which rows of a dataset can be used, so that every command skips the same rows and
 * a file has one fingerprint. Throws as `chooseDatasetChecks` does.
 */
export async function usableRows(request: {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  sources: readonly DataSource[];
}): Promise<CheckSettings> {
  const { checks } = await chooseDatasetChecks({ ...request, home: request.env.HOME });
  return errorsOnly(checks.settings);
}
