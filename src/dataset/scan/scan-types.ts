// What a scan takes and gives.
import type { Readable } from 'node:stream';
import type { Finding } from '../../diagnostics/finding.ts';
import type { Key } from '../duplicates/murmur3.ts';
import type { Example, RowPlace } from '../example.ts';
import type { FieldMapping } from '../formats/field-mapping.ts';
import type { LedgerEntry, LedgerTotals } from '../ledger.ts';
import type { Split, SplitOptions } from '../split.ts';
import type { CheckSettings } from './check-settings.ts';
import type { JudgedRegion } from './judge-region.ts';
import type { RandomAccess } from './random-access.ts';

/** Bytes that one row may have. */
export const defaultMaxRowBytes = 50_000_000;

export interface DataSource {
  /** Absolute; unused if `stream` stands. */
  path: string;
  /** As shown to users. */
  label: string;
  /** Read instead of the file (stdin). */
  stream?: Readable;
  /** Puts a stream where it can be read from any place (Parquet on stdin or packed); writing is not for this folder. */
  spill?(chunks: AsyncIterable<Buffer>, label: string): Promise<RandomAccess>;
  /** Which side its rows are on. Train rows are divided further by `split`. */
  role?: Split;
  /** Only so many rows from its start are input. */
  limit?: number;
  /** Its rows' own format; that of the scan without. */
  format?: string | FieldMapping;
  /** How many times an epoch feeds each of its training rows, above 0; 1 without. Only `ScanOptions.draw` reads it. */
  weight?: number;
}

export interface ScanOptions {
  /** A format's name, `auto`, or a mapping of the rows' fields. */
  format: string | FieldMapping;
  /** What error findings on rows mean: the whole is refused, or those rows leave. */
  onError: 'refuse' | 'drop';
  duplicates: { exact: 'drop' | 'keep' };
  split: SplitOptions | null;
  /** Weights decide how often training rows are fed, after the split (weight.ts). Without it each row counts once. */
  draw?: { seed: number };
  /** What a look at all rows decided before, by their numbers. */
  decided?: ReadonlyMap<number, DecidedRow>;
  checks?: CheckSettings;
  /** False spares the fingerprints, if the sink takes neither examples nor ledger entries. */
  fingerprints?: boolean;
  /** Rows over this many bytes are skipped; 50,000,000 unless told. */
  maxRowBytes?: number;
  /** Other threads, which judge JSON lines if the sink takes no examples. The answer is the same without. */
  pool?: JudgePool;
}

/** A decision on one row that needed the others: near-duplicates are found before a scan settles its rows. */
export interface DecidedRow {
  /** Why the row leaves, and for which row's sake; null if it stays. */
  leaves: { code: string; of: RowPlace } | null;
  findings: readonly Finding[];
  /** What the split takes for the row's duplicate_key, so that its group is not divided. */
  group: Key | null;
}

/** Threads that judge regions of whole lines. */
export interface JudgePool {
  /** How many regions may be under way. */
  depth: number;
  /** Tells all threads what to judge from now on. */
  start(setup: PoolSetup): void;
  /** Judges whole lines, given in parts of whole lines, which are copied at once. */
  judge(parts: readonly Buffer[]): Promise<PooledRegion>;
}

export interface PooledRegion {
  judged: JudgedRegion;
  /** The lines. */
  region: Buffer;
}

/** A RegionSetup that can be sent. */
export interface PoolSetup {
  format: string | FieldMapping;
  checks: CheckSettings;
  file: string;
  wantsFingerprints: boolean;
  maxRowBytes: number;
}

export interface KeptRow {
  /** From 0 over all sources in order. */
  row: number;
  example: Example;
  /** SHA-256, hex. */
  fingerprint: string;
  place: RowPlace;
  /** How many times an epoch feeds it; 1 without. */
  times?: number;
  /** The row's raw JSON as it stands in the file; readers of other kinds write the row as JSON. */
  text: string;
}

/** The row that a finding belongs to. */
export interface FoundRow {
  /** From 0 over all sources in order. */
  row: number;
  /** Where its text starts in the file, from 1. */
  line: number;
  column: number;
  /** The row's raw JSON; null if a check over all rows found it. */
  text: string | null;
  /**
   * Hex. Of the example; of the raw text if the row never became one; null under `fingerprints: false`, and if a
   * check over all rows found it.
   */
  fingerprint: string | null;
}

/** Called in the order of the rows, but for rows that the split holds back (split.ts); promises are awaited. */
export interface ScanSink {
  onExample?(split: Split, row: KeptRow): void | Promise<void>;
  onLedger?(entry: LedgerEntry): void | Promise<void>;
  /** `row` is null if the finding belongs to the file. */
  onFinding?(finding: Finding, row: FoundRow | null): void | Promise<void>;
  onProgress?(rows: number, bytes: number): void;
}

export interface ScannedFile {
  /** As shown to users. */
  path: string;
  bytes: number;
  sha256: string;
  rows: number;
  /** The format's name, or `unknown`. */
  format: string;
  /** How its fields were read, if the rows themselves showed it. */
  mapping?: FieldMapping;
}

export interface ScanResult {
  /** `mixed` if files differ, `unknown` if one cannot be told. */
  format: { name: string; why: string; confidence: number };
  rows: number;
  files: ScannedFile[];
  ledger: LedgerTotals;
  /** Fingerprints are null if `fingerprints: false` spared them. */
  train: { rows: number; fingerprint: string | null };
  validation: { rows: number; fingerprint: string | null };
  /** Over all kept rows. */
  fingerprint: string | null;
  /** How often each code was found. */
  findingsByCode: Record<string, number>;
  /** Error findings: on rows, which `on_error: drop` lets go, and on files, which nothing excuses. */
  errors: { rows: number; files: number };
  /** Whether the dataset may not be used as it is: a file's error, or a row's under `refuse`. */
  refused: boolean;
}
