// What a plan says if a source, or the whole dataset, has nothing left to train on.
import { notDrawn } from '../../dataset/weight.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { PlannedSource } from '../../run/plan.ts';

/** Refuses a weight that feeds none of its rows. Throws UserError P011. */
export function refuseUndrawn(sources: readonly PlannedSource[]): void {
  const vanished = sources.find(({ train, dropped }) => train === 0 && (dropped[notDrawn] ?? 0) > 0);
  if (!vanished) return;
  const { setting, path, weight } = vanished;
  const rows = vanished.dropped[notDrawn] ?? 0;
  throw new UserError('P011', `weight ${weight} feeds none of the ${rows} rows of ${path}`, {
    hint: `raise it (${setting}.weight), or remove the source`,
    exitCode: 1,
  });
}

/** Training sources of which no row trains, for reasons other than their weight. */
export function emptySources(sources: readonly PlannedSource[]): Finding[] {
  return sources
    .filter(({ role, train, rows_in }) => role === 'train' && train === 0 && rows_in > 0)
    .map(({ setting, path, rows_in, validation, dropped }) => ({
      code: 'P012',
      name: 'source-trains-nothing',
      severity: 'warning',
      message: `no row of ${path} is trained on: ${rows_in} rows = ${validation} validation + ${
        Object.entries(dropped)
          .map(([code, n]) => `${code} × ${n}`)
          .join(', ') || '0 dropped'
      }`,
      hint: `\`lorch explain CODE\` says why; remove ${setting} if that is right`,
      data: { setting, rows_in, validation, dropped },
    }));
}
