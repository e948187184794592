// Counts tokens of rows with the tokenisation that training uses.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { KeptRow } from '../../dataset/scan/scan-types.ts';
import { trainerLine, trainerRow } from '../../dataset/trainer-row.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import { findPython } from '../../python/find-python.ts';
import type { TrainerProgress } from '../../python/run-trainer.ts';
import { trainerCodes } from '../codes/trainer-codes.ts';
import { makeTemporaryFolder } from '../files/temporary-files.ts';
import { readCacheVersion } from './cache-version.ts';
import { type Bin, binByPowers, type Percentiles } from './distribution.ts';
import { type Prepared, type PrepareSpec, prepareSequences } from './prepare-sequences.ts';
import { type RowTokens, readRowTokens } from './read-lengths.ts';
import { dayOf } from './read-template.ts';
import { tooLong } from './refuse-rows.ts';
import { createRowPlaces, type RowPlaces } from './row-places.ts';
import type { RowPolicy } from './row-policy.ts';
import { placeTokenFindings } from './token-findings.ts';
import { tokenizerIdentity } from './tokenizer-identity.ts';

export interface CountRequest {
  /** Hub id or folder. */
  model: string;
  policy: RowPolicy;
  /** Rows with more tokens are treated by `policy.truncate`; null for no limit. */
  maxLength: number | null;
  /** `--python`, or null. */
  python: string | null;
  workspacePython: string | null;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  onProgress(progress: TrainerProgress): void;
}

interface CountedTokens {
  tokens: number;
  trained_tokens: number;
  /** Tokens of the rows as they are trained on: after cuts, without dropped rows. */
  lengths: Percentiles;
  trained_lengths: Percentiles;
  /** Rows that cannot be trained on, by code. */
  untrainable: Record<string, number>;
  details: TokenDetails;
  /** Findings of the tokenisation, one per row (token-findings.ts). */
  findings: Finding[];
}

export interface TokenDetails {
  max_length: number | null;
  train_on: RowPolicy['train_on'];
  truncate: RowPolicy['truncate'];
  /** Rows that are trained on, and their sequences; more sequences than rows if texts are split. */
  rows: number;
  sequences: number;
  /** Tokens per row before cuts. */
  uncut_lengths: Percentiles;
  histogram: { tokens: Bin[]; trained_tokens: Bin[] };
  /** Rows that `max_length` cut, and those of them that lost their end-of-turn token. */
  cut: RowAt[];
  lost_eot: RowAt[];
  /** Rows without any token to train on, with the reason. */
  untrained: (RowAt & { code: string })[];
  /** The five longest sequences, after the cut. */
  longest: (RowAt & { tokens: number; trained_tokens: number })[];
}

interface RowAt {
  row: number;
  /** `file:line` */
  at: string;
}

/** Collects rows, and tokenises all of them at the end. */
export interface TokenCounter {
  add(row: KeptRow): void | Promise<void>;
  finish(): Promise<CountedTokens>;
  /** Removes its temporary files. */
  dispose(): Promise<void>;
}

const longestShown = 5;

/** A counter for the rows of one scan. Throws errors from the hub and Python (E001: no environment). */
export async function createTokenCounter(request: CountRequest): Promise<TokenCounter> {
  const { model, env, cwd } = request;
  const cacheDir = userCacheDir(env);
  const python = await findPython({
    env,
    need: 'tokenizer',
    ...(request.python
      ? { explicit: request.python.includes('/') ? resolve(cwd, request.python) : request.python }
      : {}),
    ...(request.workspacePython ? { workspacePython: request.workspacePython } : {}),
  });
  const base = await resolveModel({ model, baseDir: cwd, revision: null, env, cacheDir, withTensors: false });
  const folder = await makeTemporaryFolder('lorch-tokens-');
  const path = join(folder.path, 'rows.jsonl');
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  const places = createRowPlaces();
  let text = '';
  const flush = async (): Promise<void> => {
    const full = text;
    text = '';
    hash.update(full);
    await file.appendFile(full);
  };
  return {
    add({ row, place, example }) {
      places.add(place);
      text += trainerLine(trainerRow(row, example));
      if (text.length > 1 << 20) return flush();
    },
    async finish() {
      await flush();
      const identity = { id: model, path: base.path, revision: base.revision };
      const spec: PrepareSpec = {
        model: { ...identity, trust_remote_code: false },
        ...request.policy,
        date: request.policy.date ?? dayOf(Date.now()),
        max_length: request.maxLength,
        splits: { train: path },
      };
      const { dir: made, prepared } = await prepareSequences({
        spec,
        contents: { train: hash.digest('hex') },
        tokenizer: await tokenizerIdentity(identity),
        cacheDir,
        cacheVersion: () => readCacheVersion(python),
        python: () => Promise.resolve(python),
        onProgress: request.onProgress,
      });
      const train = prepared.splits.train;
      const rows = train ? await readRowTokens(join(made, train.file)) : [];
      const untrainable: Record<string, number> = {};
      for (const { code } of prepared.dropped) untrainable[code] = (untrainable[code] ?? 0) + 1;
      const codes = new Map((await trainerCodes()).map((doc) => [doc.code, doc]));
      return {
        tokens: train?.tokens ?? 0,
        trained_tokens: train?.trained_tokens ?? 0,
        lengths: prepared.lengths,
        trained_lengths: prepared.trained_lengths,
        untrainable,
        details: detailsOf(prepared, rows, places, request),
        // The policy drops these rows; the rows themselves are valid.
        findings: placeTokenFindings(prepared, places, codes).map((finding) =>
          finding.code === tooLong && request.policy.truncate === 'drop'
            ? { ...finding, severity: 'warning' }
            : finding,
        ),
      };
    },
    async dispose() {
      await file.close();
      await folder.remove();
    },
  };
}

function detailsOf(
  prepared: Prepared,
  rows: readonly RowTokens[],
  places: RowPlaces,
  { maxLength, policy }: CountRequest,
): TokenDetails {
  const at = (row: number): RowAt => {
    const place = places.find(row);
    return { row, at: place ? `${place.file}:${place.line}` : '' };
  };
  return {
    max_length: maxLength,
    train_on: policy.train_on,
    truncate: policy.truncate,
    rows: prepared.splits.train?.rows ?? 0,
    sequences: prepared.splits.train?.sequences ?? 0,
    uncut_lengths: prepared.uncut_lengths,
    histogram: {
      tokens: binByPowers(rows.map(({ tokens }) => tokens)),
      trained_tokens: binByPowers(rows.map(({ trained }) => trained)),
    },
    cut: prepared.truncated.map(at),
    lost_eot: prepared.lost_eot.map(at),
    untrained: prepared.dropped.map(({ row, code }) => ({ ...at(row), code })),
    longest: rows
      .toSorted((a, b) => b.tokens - a.tokens || a.row - b.row)
      .slice(0, longestShown)
      .map(({ row, tokens, trained }) => ({ ...at(row), tokens, trained_tokens: trained })),
  };
}
