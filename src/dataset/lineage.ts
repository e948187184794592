// The origin of a dataset file: a record beside each file that lorch writes, which names the files it was made from.
import type { LedgerTotals } from './ledger.ts';

export interface LineageParent {
  /** Relative to the folder of the record, with `/`; `hf://…@commit/file`; null if the rows came from stdin. */
  path: string | null;
  /** SHA-256 of the file's bytes when they were read. */
  sha256: string;
  /** Input rows, including faulty ones. */
  rows: number;
}

/** The content of `<dataset>.lineage.json`. */
export interface Lineage {
  lorch: 1;
  /** The dataset's file name, in the same folder. */
  file: string;
  sha256: string;
  rows: number;
  /** Dataset fingerprint of the written rows; null if it was not computed. */
  fingerprint: string | null;
  made_by: {
    /** E.g. `data split`. */
    command: string;
    /** Version of lorch. */
    version: string;
    at_ms: number;
    /** The options that decided the outcome, set by the user or by default. */
    options: Record<string, unknown>;
  };
  parents: LineageParent[];
  /** Where the parents' rows went. */
  ledger: LedgerTotals & { train?: number; validation?: number; not_drawn?: number };
  /** For a review: the rows that it removed and edited. */
  review?: Record<string, unknown>;
}

/** Path of the record of a dataset file. */
export function lineagePath(dataset: string): string {
  return `${dataset}.lineage.json`;
}

/** Parses a record; null if the text is not one, or is of a later version. */
export function parseLineage(text: string): Lineage | null {
  try {
    const value = JSON.parse(text) as Partial<Lineage> | null;
    return value?.lorch === 1 && isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: Partial<Lineage>): value is Lineage {
  const { file, sha256, rows, fingerprint, made_by, parents, ledger } = value;
  return (
    typeof file === 'string' &&
    typeof sha256 === 'string' &&
    typeof rows === 'number' &&
    (fingerprint === null || typeof fingerprint === 'string') &&
    typeof made_by?.command === 'string' &&
    typeof made_by.version === 'string' &&
    typeof made_by.at_ms === 'number' &&
    typeof made_by.options === 'object' &&
    made_by.options !== null &&
    Array.isArray(parents) &&
    parents.every(isParent) &&
    typeof ledger?.rows_in === 'number' &&
    typeof ledger.kept === 'number' &&
    typeof ledger.dropped === 'object' &&
    ledger.dropped !== null
  );
}

function isParent(value: Partial<LineageParent> | null): value is LineageParent {
  return (
    (value?.path === null || typeof value?.path === 'string') &&
    typeof value.sha256 === 'string' &&
    typeof value.rows === 'number'
  );
}
