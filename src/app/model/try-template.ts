// Finds by trial which parts of a row a model's chat template can train. Cached per tokenizer, because it takes seconds.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../dataset/canonical-json.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { findInterpreter, findPython, locatePython } from '../../python/find-python.ts';
import { runTrainer } from '../../python/run-trainer.ts';
import { readCacheVersion } from '../tokens/cache-version.ts';
import { tokenizerIdentity } from '../tokens/tokenizer-identity.ts';

const part = z.object({ trained: z.boolean(), reason: z.string() });

const triedTemplate = z.object({
  kind: z.enum(['model', 'chatml', 'alpaca', 'file']),
  /** By part: answer, turns, system, reasoning, calls, reasoning_and_calls. */
  parts: z.record(z.string(), part),
  /** Tokens that end a turn. */
  stops: z.array(z.string()),
  /** The end of turn that lorch adds because the template writes none; empty if it does. */
  added_end: z.string(),
  /** What inference adds to the text of a row without reasoning, such as an opening `<think>`. */
  prompt: z.string(),
  /** Whether the text depends on the date; plans use one fixed date. */
  writes_date: z.boolean(),
  /** Whether each trained turn ends with an end of turn. */
  ends_turns: z.boolean(),
});

export type TriedTemplate = z.infer<typeof triedTemplate>;

export interface TryTemplateOptions {
  model: { id: string; path: string | null; revision: string | null };
  cacheDir: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  python?: string;
  workspacePython?: string;
  signal?: AbortSignal;
  onStage?: (stage: string) => void;
}

/** What the template of `model` can train, or why that is unknown: no Python, no tokenizer, no network. */
export async function tryTemplate(options: TryTemplateOptions): Promise<TriedTemplate | { reason: string }> {
  const { model, cacheDir, cwd, env, python, workspacePython, signal, onStage } = options;
  const identity = await tokenizerIdentity(model);
  const named = {
    env,
    need: 'tokenizer' as const,
    ...(python ? { explicit: locatePython(python, cwd, env.HOME) } : {}),
    ...(workspacePython ? { workspacePython } : {}),
  };
  try {
    const version = await readCacheVersion({ ...(await findInterpreter(named)), env });
    const key = createHash('sha256').update(canonicalJson({ version, identity })).digest('hex').slice(0, 32);
    const path = join(cacheDir, 'templates', `${key}.json`);
    const known = await readTried(path);
    if (known) return known;
    const found = await findPython(named);
    onStage?.('trying the chat template');
    const spec = { model: { ...model, trust_remote_code: false }, template: { kind: 'auto' } };
    const tried = triedTemplate.parse(await runTrainer(found, 'template', spec, signal ? { signal } : {}));
    await keep(path, tried);
    return tried;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { reason: error.message };
  }
}

async function readTried(path: string): Promise<TriedTemplate | null> {
  try {
    return triedTemplate.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

async function keep(path: string, tried: TriedTemplate): Promise<void> {
  const partial = `${path}.${randomUUID().slice(0, 8)}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(partial, JSON.stringify(tried));
  await rename(partial, path);
}
