// `lorch model tiny`: makes a small random Llama with its own tokenizer, to try everything without a download.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../diagnostics/user-error.ts';
import { findPython, locatePython } from '../../python/find-python.ts';
import { runTrainer } from '../../python/run-trainer.ts';

export interface TinyModelOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  out: string;
  /** Text, JSON or JSONL files that the tokenizer learns from; a built-in sample if there are none. */
  texts: string[];
  vocabSize: number;
  hiddenSize: number;
  layers: number;
  seed: number;
  force: boolean;
  python?: string;
  workspacePython?: string;
  signal?: AbortSignal;
}

const made = z.object({ out: z.string(), parameters: z.number(), vocab_size: z.number() });

/** Throws UserError U122 if `out` already contains something else. */
export async function makeTinyModel(options: TinyModelOptions): Promise<z.infer<typeof made>> {
  const { cwd, env, python, workspacePython, signal } = options;
  const out = resolve(cwd, options.out);
  if (!options.force && existsSync(out) && (await readdir(out)).length > 0) {
    throw new UserError('U122', `${out} is not empty`, {
      hint: existsSync(join(out, 'config.json'))
        ? 'it already has a model; --force makes it again'
        : 'name a new folder',
    });
  }
  const found = await findPython({
    env,
    ...(python ? { explicit: locatePython(python, cwd, env.HOME) } : {}),
    ...(workspacePython ? { workspacePython } : {}),
  });
  const spec = {
    out,
    texts: options.texts.length > 0 ? options.texts.map((path) => resolve(cwd, path)) : null,
    vocab_size: options.vocabSize,
    hidden_size: options.hiddenSize,
    layers: options.layers,
    seed: options.seed,
    chat_template: 'marks',
  };
  const value = await runTrainer(found, 'tiny', spec, signal ? { signal } : {});
  return made.parse(value);
}
