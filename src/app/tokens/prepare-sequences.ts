// The only tokenisation, cached by content: the same rows, tokenizer, template and length are never prepared twice by
// the same rules and libraries.
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../dataset/canonical-json.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { type RunTrainerOptions, runTrainer } from '../../python/run-trainer.ts';
import type { TrainOn, Truncate } from '../../run/plan.ts';
import { type CacheVersion, cacheVersion } from './cache-version.ts';

const count = z.number().int().nonnegative();
const lengths = z.object({ p50: count, p90: count, p99: count, max: count, mean: z.number() });

const template = z.object({
  kind: z.enum(['model', 'chatml', 'alpaca', 'file', 'none']),
  sha256: z.string(),
});

const prepared = z.object({
  tokenizer_sha256: z.string(),
  template,
  /** Templates that single rows name; older files have none. */
  templates: z.record(z.string(), template).optional(),
  /** The date that templates wrote into rows; null if they wrote none. */
  date: z.string().nullable(),
  mask_rule: z.string(),
  /** The streams of tokens that each row has, by name. */
  streams: z.array(z.string()),
  splits: z.record(
    z.string(),
    z.object({
      file: z.string(),
      sha256: z.string(),
      rows_in: count,
      rows: count,
      /** Sequences; a split text has several. */
      sequences: count,
      tokens: count,
      trained_tokens: count,
      /** What an epoch feeds, including repeats; older files feed each row once. */
      fed: z.object({ rows: count, sequences: count, tokens: count, trained_tokens: count }).optional(),
    }),
  ),
  /** Lengths of the written sequences. */
  lengths,
  trained_lengths: lengths,
  /** Lengths of the kept rows before cuts. */
  uncut_lengths: lengths,
  histogram: z.array(z.object({ upto: count, rows: count })),
  /** Largest token id over all splits; -1 without rows. */
  largest_id: z.number().int(),
  /** Tokens that the tokenizer adds to its vocabulary, including control tokens, and the rows that contain them. */
  added_tokens: z.array(z.object({ id: count, token: z.string(), rows: count })),
  /** The tokens that the config adds; `known`: the tokenizer already had it. Absent in caches of earlier versions. */
  new_tokens: z
    .array(
      z.object({
        token: z.string(),
        id: count,
        special: z.boolean(),
        known: z.boolean(),
        pieces: z.array(count),
        rows: count,
      }),
    )
    .default([]),
  dropped: z.array(z.object({ row: count, split: z.string(), code: z.string() })),
  truncated: z.array(count),
  lost_eot: z.array(count),
  findings: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'note']),
      message: z.string(),
      hint: z.string().nullish(),
      row: count.nullish(),
      data: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
  /** The version of the rules and libraries that made it. */
  cache_version: cacheVersion,
  versions: z.record(z.string(), z.string()),
});

export type Prepared = z.infer<typeof prepared>;

export interface PrepareSpec {
  /** Determines the streams of each row: one, or one for each answer of a pair. */
  method: string;
  model: { id: string; path: string | null; revision: string | null; trust_remote_code: boolean };
  template: {
    /** `none`: the rows are plain texts. */
    kind: 'auto' | 'model' | 'chatml' | 'alpaca' | 'file' | 'none';
    source: string | null;
    /** Values of the template's variables. */
    variables?: Record<string, unknown>;
  };
  train_on: TrainOn;
  /** Templates that rows of the splits name, by name; none by default. */
  templates?: Record<string, PrepareSpec['template']>;
  max_length: number | null;
  /** The date that templates use as today, such as 2026-01-31. */
  date: string;
  /** New tokens, in the order of their ids; absent without any. */
  tokens?: { add: string[]; special: string[] };
  truncate: Truncate;
  /** Absolute paths of example files by split. */
  splits: Record<string, string>;
}

export interface PrepareRequest extends RunTrainerOptions {
  spec: PrepareSpec;
  /** Identifies the examples: split → SHA-256 of its file. */
  contents: Record<string, string>;
  /** Identifies the tokenizer: a hub revision, or the hash of the local tokenizer files. */
  tokenizer: string;
  cacheDir: string;
  /** The cache version of `python`; found without starting it if it is in a virtual environment. */
  cacheVersion(): Promise<CacheVersion>;
  /** Called only if the cache has no entry. */
  python(): Promise<PythonEnv>;
}

/** What an epoch feeds from a split. */
export function fedOf({ rows, sequences, tokens, trained_tokens, fed }: Prepared['splits'][string]): {
  rows: number;
  sequences: number;
  tokens: number;
  trained_tokens: number;
} {
  return fed ?? { rows, sequences, tokens, trained_tokens };
}

/** The folder with the sequences and their metadata. */
export async function prepareSequences(
  request: PrepareRequest,
): Promise<{ key: string; dir: string; prepared: Prepared; cached: boolean }> {
  const version = await request.cacheVersion();
  // Only rendering the rows shows whether a template writes the date.
  for (const date of [null, request.spec.date]) {
    const key = keyOf(request, version, date);
    const dir = folderOf(request, key);
    const prepared = await readPrepared(dir);
    if (prepared) return { key, dir, prepared, cached: true };
  }
  // Make it under another name and rename it when complete, so that two processes can do this at once.
  const work = folderOf(request, `${keyOf(request, version, null)}.${randomUUID().slice(0, 8)}.tmp`);
  await makePrivateFolder(dirname(work));
  await mkdir(work, { mode: 0o700 });
  try {
    await runTrainer(await request.python(), 'prepare', { ...request.spec, out: work }, request);
    const made = await readPrepared(work);
    if (!made) throw new Error(`prepare left no prepare.json in ${work}`);
    // Use the version that prepare returns, because packages may have been installed since it was read.
    const key = keyOf(request, made.cache_version, made.date === null ? null : request.spec.date);
    const dir = folderOf(request, key);
    await rename(work, dir).catch(async (error: unknown) => {
      if (!(await readPrepared(dir))) throw error;
    });
    return { key, dir, prepared: (await readPrepared(dir)) ?? made, cached: false };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function folderOf({ cacheDir }: PrepareRequest, key: string): string {
  return join(cacheDir, 'prepared', key);
}

/** `date` is null in the key if no template writes a date into the rows. */
function keyOf(
  { spec, contents, tokenizer }: PrepareRequest,
  version: CacheVersion,
  date: string | null,
): string {
  return createHash('sha256')
    .update(
      canonicalJson({
        version,
        method: spec.method,
        tokenizer,
        trust_remote_code: spec.model.trust_remote_code,
        contents,
        template: spec.template,
        train_on: typeof spec.train_on === 'string' ? spec.train_on : spec.train_on.toSorted(),
        ...(spec.templates && { templates: spec.templates }),
        max_length: spec.max_length,
        // If undefined, the key equals that of versions without new tokens.
        tokens: spec.tokens,
        // Without a limit no row is too long.
        truncate: spec.max_length === null ? null : spec.truncate,
        ...(date !== null && { date }),
      }),
    )
    .digest('hex')
    .slice(0, 32);
}

/** Makes the folder private, because it contains rows. An earlier version made it readable for others. */
async function makePrivateFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700).catch(() => undefined);
}

async function readPrepared(dir: string): Promise<Prepared | null> {
  let text: string;
  try {
    text = await readFile(join(dir, 'prepare.json'), 'utf8');
  } catch {
    return null;
  }
  return prepared.parse(JSON.parse(text));
}
