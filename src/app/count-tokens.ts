// Tokens of rows, counted by the same tokenisation that training uses.
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { resolveModel } from '../hub/resolve-model.ts';
import { userCacheDir } from '../python/cache-dir.ts';
import { findPython } from '../python/find-python.ts';
import type { TrainerProgress } from '../python/run-trainer.ts';
import type { TokenCounter } from './dataset-stats.ts';
import { type PrepareSpec, prepareSequences } from './prepare-sequences.ts';
import { tokenizerIdentity } from './tokenizer-identity.ts';

export interface CountRequest {
  /** Hub id or folder. */
  model: string;
  template: 'auto' | 'model' | 'chatml' | 'alpaca';
  /** `--python`, or null. */
  python: string | null;
  workspacePython: string | null;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  onProgress(progress: TrainerProgress): void;
}

/** A counter that tokenises once, when all rows are there. Throws what the hub and Python report. */
export async function createTokenCounter(
  request: CountRequest,
): Promise<TokenCounter & { dispose(): Promise<void> }> {
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
  const dir = await mkdtemp(join(tmpdir(), 'lorch-tokens-'));
  const path = join(dir, 'rows.jsonl');
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let text = '';
  const flush = async (): Promise<void> => {
    const full = text;
    text = '';
    hash.update(full);
    await file.appendFile(full);
  };
  return {
    add({ row, example }) {
      // Of a preference pair what training on the chosen answer would see.
      const messages = [...example.messages, ...(example.chosen ?? [])];
      const { tools } = example;
      text += `${JSON.stringify({ row, messages, ...(tools && { tools }) })}\n`;
      if (text.length > 1 << 20) return flush();
    },
    async finish() {
      await flush();
      const identity = { id: model, path: base.path, revision: base.revision };
      const spec: PrepareSpec = {
        model: { ...identity, trust_remote_code: false },
        template: { kind: request.template, source: null },
        max_length: null,
        splits: { train: path },
      };
      const { prepared } = await prepareSequences({
        spec,
        contents: { train: hash.digest('hex') },
        tokenizer: await tokenizerIdentity(identity),
        cacheDir,
        python: () => Promise.resolve(python),
        onProgress: request.onProgress,
      });
      const dropped: Record<string, number> = {};
      for (const { code } of prepared.dropped) dropped[code] = (dropped[code] ?? 0) + 1;
      return {
        tokens: prepared.splits.train?.tokens ?? 0,
        trained_tokens: prepared.splits.train?.trained_tokens ?? 0,
        lengths: prepared.lengths,
        trained_lengths: prepared.trained_lengths,
        dropped,
      };
    },
    async dispose() {
      await file.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
