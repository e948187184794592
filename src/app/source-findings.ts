// What a plan says if nothing is left to train on: of a source, or of all.
import { notDrawn } from '../dataset/weight.ts';
import type { CodeDoc, Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { PlannedSource } from '../run/plan.ts';

export const sourceCodes: CodeDoc[] = [
  {
    code: 'P003',
    name: 'no-rows-left',
    severity: 'error',
    title: 'No row is left to train on.',
    prose: 'All rows were dropped, or went to validation. The ledger in the message says where they went.',
  },
  {
    code: 'P011',
    name: 'source-not-drawn',
    severity: 'error',
    title: 'The weight of a source feeds none of its rows.',
    prose:
      'A weight below 1 feeds that share of the training rows of a source, drawn row by row. If the source has few rows, the share can be none, and the run would not train on the source. Raise the weight, choose another `dataset.draw_seed`, or remove the source.',
  },
  {
    code: 'P012',
    name: 'source-trains-nothing',
    severity: 'warning',
    title: 'No row of a source is trained on.',
    prose:
      'All of its rows were dropped, or went to validation. Often the source repeats the rows of a source that is read before it (D060). The message says where its rows went.',
  },
];

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

/** Training sources of which no row trains, for other reasons than their weight. */
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
