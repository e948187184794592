// Shows what the model sees of the rows under review: the prepared sequences as text, from the tokenisation that training uses.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { trainerLine, trainerRow } from '../../dataset/trainer-row.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { runTrainer } from '../../python/run-trainer.ts';
import { readCacheVersion } from '../tokens/cache-version.ts';
import { type PrepareSpec, prepareSequences } from '../tokens/prepare-sequences.ts';
import { dayOf } from '../tokens/read-template.ts';
import type { RowPolicy } from '../tokens/row-policy.ts';
import { tokenizerIdentity } from '../tokens/tokenizer-identity.ts';
import type { ReviewRow } from './fetch-rows.ts';

export interface ModelRequest {
  /** Hub id or folder, relative to `baseDir`. */
  model: string;
  revision: string | null;
  trustRemoteCode: boolean;
  baseDir: string;
  policy: RowPolicy;
  /** Templates of files that have their own, by label. */
  templates?: ReadonlyMap<string, PrepareSpec['template']>;
  /** Rows with more tokens are treated by `policy.truncate`; null for no limit. */
  maxLength: number | null;
  cacheDir: string;
  env: Readonly<Record<string, string | undefined>>;
  python(): Promise<PythonEnv>;
}

export interface ModelView {
  /** Consecutive parts of the row; `kept` is false for a part that `max_length` cuts off. */
  runs: { text: string; trained: boolean; kept: boolean }[];
  tokens: number;
  trainedTokens: number;
  /** Tokens that training keeps. */
  keptTokens: number;
  /** Findings of the tokenisation: code and message. */
  findings: { code: string; message: string; hint?: string | null | undefined }[];
}

const answer = z.object({
  rows: z.array(
    z.object({ row: z.number(), runs: z.array(z.tuple([z.string(), z.boolean(), z.number(), z.boolean()])) }),
  ),
});

/** Views of rows by fingerprint; a row that cannot be trained on has no runs. Throws errors from the hub and Python. */
export async function viewAsModel(
  request: ModelRequest,
  rows: readonly ReviewRow[],
): Promise<Map<string, ModelView>> {
  const { model, revision, baseDir, env, cacheDir, maxLength } = request;
  const base = await resolveModel({ model, baseDir, revision, env, cacheDir, withTensors: false });
  const dir = await mkdtemp(join(tmpdir(), 'lorch-review-'));
  try {
    const path = join(dir, 'rows.jsonl');
    const { templates = new Map() } = request;
    const text = rows
      .map(({ example, place }, row) => {
        const template = templates.has(place.file) ? { template: place.file } : {};
        return trainerLine({ ...trainerRow(row, example), ...template });
      })
      .join('');
    await writeFile(path, text, { mode: 0o600 });
    const identity = { id: model, path: base.path, revision: base.revision };
    const { dir: folder, prepared } = await prepareSequences({
      spec: {
        model: { ...identity, trust_remote_code: request.trustRemoteCode },
        ...request.policy,
        date: request.policy.date ?? dayOf(Date.now()),
        ...(templates.size > 0 && { templates: Object.fromEntries(templates) }),
        // Prepare whole rows, because the view also shows the part that a cut removes.
        max_length: null,
        splits: { train: path },
      },
      contents: { train: createHash('sha256').update(text).digest('hex') },
      tokenizer: await tokenizerIdentity(identity),
      cacheDir,
      cacheVersion: async () => await readCacheVersion(await request.python()),
      python: request.python,
    });
    const spec = { prepared: folder, split: 'train', cut: maxLength, truncate: request.policy.truncate };
    const { rows: found } = answer.parse(await runTrainer(await request.python(), 'pieces', spec));
    const runs = new Map(found.map((each) => [each.row, each.runs]));
    return new Map(
      rows.map(({ fingerprint }, row) => {
        const findings = prepared.findings.filter((each) => each.row === row);
        return [fingerprint, { ...viewOf(runs.get(row) ?? []), findings }];
      }),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function viewOf(
  pieces: readonly (readonly [string, boolean, number, boolean])[],
): Omit<ModelView, 'findings'> {
  let [tokens, keptTokens, trainedTokens] = [0, 0, 0];
  const runs = pieces.map(([text, trained, count, kept]) => {
    tokens += count;
    if (kept) keptTokens += count;
    if (trained && kept) trainedTokens += count;
    return { text, trained, kept };
  });
  return { runs, tokens, trainedTokens, keptTokens };
}
