// Accounts for every row: finishes the ledger, the splits and the sources of a plan, and checks that their sums agree.
import { join } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import type { PlannedSource, PlannedSplit } from '../../run/plan.ts';
import { fedOf, type Prepared } from '../tokens/prepare-sequences.ts';
import { readFedTokens } from '../tokens/read-lengths.ts';
import { type RowFate, refuseRows, refusingCodes } from '../tokens/refuse-rows.ts';
import { checkSums } from './check-sums.ts';
import { type FinishedLedger, finishLedger } from './finish-ledger.ts';
import { namedRows } from './plan-findings.ts';
import { planSources, rangeOf, rangesOf } from './plan-sources.ts';
import type { ScannedConfig } from './scan-config.ts';
import { refuseUndrawn } from './source-findings.ts';

export interface AccountRequest {
  scan: ScannedConfig;
  prepared: Prepared;
  preparedDir: string;
  /** Path of `ledger.jsonl.gz`. */
  ledgerPath: string;
  /** `dataset.template`. */
  template: string;
  /** What happens to rows that the tokenisation could not train on. */
  fate: RowFate;
  /** Of the trainer's codes. */
  names: ReadonlyMap<string, string>;
}

export interface AccountedRows {
  ledger: FinishedLedger;
  train: PlannedSplit;
  validation: PlannedSplit | null;
  sources: PlannedSource[];
}

/** Throws UserError P002 for rows that refuse the plan, P003 if no row trains, P011 if a weight feeds no row of a source. */
export async function accountRows(request: AccountRequest): Promise<AccountedRows> {
  const { scan, prepared, preparedDir, ledgerPath, template, names } = request;
  const { files } = scan.result;
  const ranges = rangesOf(scan.entries, files);
  const dropped = new Map(prepared.dropped.map(({ row, code }) => [row, code]));
  const refusing = refusingCodes(prepared, request.fate);
  const named = namedRows(prepared.findings, refusing);
  const ledger = await finishLedger(scan.ledger, ledgerPath, dropped, named, ranges);
  refuseRows(prepared, refusing, ledger.places, names);
  const train = splitOf('train', prepared, ledger.train.fingerprint);
  const validation = splitOf('validation', prepared, ledger.validation.fingerprint);
  checkSums(ledger, train, validation);
  const tokens = prepared.splits.train
    ? await readFedTokens(join(preparedDir, prepared.splits.train.file), ranges.length, (row) =>
        rangeOf(ranges, row),
      )
    : null;
  const fates = ledger.sources;
  const sources = planSources({ sources: scan.entries, files, ranges, fates, tokens, template });
  refuseUndrawn(sources);
  if (!train || train.rows === 0)
    throw new UserError('P003', 'no row is left to train on', {
      hint: `all ${ledger.rowsIn} rows were dropped: ${describeDropped(ledger.dropped)}`,
      exitCode: 1,
    });
  return { ledger, train, validation, sources };
}

function splitOf(name: 'train' | 'validation', prepared: Prepared, fingerprint: string): PlannedSplit | null {
  const split = prepared.splits[name];
  if (!split) return null;
  const { sha256, rows } = split;
  const fed = fedOf(split);
  const distinct = fed.rows === rows ? {} : { distinct_rows: rows };
  return { file: `data/${split.file}`, sha256, ...fed, ...distinct, fingerprint };
}

function describeDropped(dropped: Record<string, number>): string {
  return Object.entries(dropped)
    .map(([code, n]) => `${code} × ${n}`)
    .join(', ');
}
