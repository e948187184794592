// Identifies a tokenizer in a cache key, together with the tokens at which the model stops.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

// config.json and Python files determine the tokenizer's class; config.json also under `trust_remote_code`.
const files =
  /^(tokenizer.*|special_tokens_map\.json|(generation_)?config\.json|added_tokens\.json|chat_template.*|vocab.*|merges\.txt|tekken\.json|.*\.(model|tiktoken|bpe|py))$/;
const templates = 'additional_chat_templates';

/** A hub revision identifies its files permanently; for a folder, the tokenizer's files are hashed. */
export async function tokenizerIdentity(base: {
  id: string;
  path: string | null;
  revision: string | null;
}): Promise<string> {
  if (base.path === null) return `${base.id}@${base.revision}`;
  const hash = createHash('sha256');
  const inside = await readdir(base.path);
  const more = inside.includes(templates) ? await readdir(join(base.path, templates)) : [];
  const names = [
    ...inside.filter((name) => files.test(name)),
    ...more.filter((name) => name.endsWith('.jinja')).map((name) => `${templates}/${name}`),
  ].sort();
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(await readFile(join(base.path, name)))
      .update('\0');
  return hash.digest('hex');
}
