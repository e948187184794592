// What stands for a tokenizer in a cache key, with the tokens at which the model stops.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const files =
  /^(tokenizer.*|special_tokens_map\.json|generation_config\.json|added_tokens\.json|chat_template.*|vocab.*|merges\.txt|.*\.model|.*\.tiktoken)$/;

/** A hub revision names its files for good; of a folder, the tokenizer's files are hashed. */
export async function tokenizerIdentity(base: {
  id: string;
  path: string | null;
  revision: string | null;
}): Promise<string> {
  if (base.path === null) return `${base.id}@${base.revision}`;
  const hash = createHash('sha256');
  const names = (await readdir(base.path)).filter((name) => files.test(name)).sort();
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(await readFile(join(base.path, name)))
      .update('\0');
  return hash.digest('hex');
}
