// `resources.max_cost` needs a price; the config does not have it, lorch.yaml or the command line does.
import { distinctFindings, finding } from '../../config/finding.ts';
import type { LoadedRun } from '../../config/load.ts';
import type { RenderedResources } from '../../config/render/index.ts';
import { placeOf } from '../../config/source/located.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Plan } from '../../run/plan.ts';

/** Throws UserError C001 with each budget that nothing can be compared with (C048), at its place. */
export function checkBudgets(
  configs: readonly Pick<LoadedRun, 'config' | 'written'>[],
  pricePerHour: number | null,
): void {
  if (pricePerHour) return;
  const budgets = configs.filter(({ config }) => config.resources.max_cost !== undefined);
  if (budgets.length === 0) return;
  const hint = 'write `price_per_hour:` into lorch.yaml, or give `--price-per-hour`';
  const findings = distinctFindings(
    budgets.map(({ written }) =>
      finding(
        'C048',
        placeOf(written, ['resources', 'max_cost']),
        '`resources.max_cost` has no effect without the price of an hour',
        hint,
      ),
    ),
  );
  throw new UserError('C001', `1 problem in ${findings[0]?.at?.file ?? 'the config'}`, {
    findings,
    exitCode: 2,
  });
}

/** The plan's resources; with a budget also the price that it counts with. */
export function withPrice(resources: RenderedResources, pricePerHour: number | null): Plan['resources'] {
  const priced = resources.max_cost !== undefined && pricePerHour !== null;
  return { ...resources, ...(priced && { price_per_hour: pricePerHour }) };
}
