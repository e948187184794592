import type { Rule } from './rule.ts';

/** Names of input embeddings in the families that transformers has. */
const embeddings = ['embed_tokens', 'wte', 'embed_in', 'word_embeddings'];

/** New tokens: which ones, and that their rows can train. */
export const tokenizerRule: Rule = {
  needs: ['tokenizer', 'lora'],
  check({ tokenizer, lora }, report) {
    if (!tokenizer) return;
    const lists = ['add_tokens', 'add_special_tokens'] as const;
    if (lists.every((name) => tokenizer[name] === undefined)) {
      report(
        'tokenizer',
        'the section adds no token, so its settings have no effect',
        'add_tokens: ["<note>"], or leave the section out',
        'C018',
      );
      return;
    }
    const seen = new Set<string>();
    for (const name of lists)
      tokenizer[name]?.forEach((token, i) => {
        if (seen.has(token))
          report(
            `tokenizer.${name}.${i}`,
            `the token ${JSON.stringify(token)} is listed twice`,
            undefined,
            'C012',
          );
        seen.add(token);
      });
    const targets = Array.isArray(lora.target_modules) ? lora.target_modules : [lora.target_modules];
    for (const embedding of targets.filter((name) => embeddings.includes(name)))
      report(
        'lora.target_modules',
        `\`${embedding}\` has an adapter, and rows of new tokens cannot train under one`,
        `remove it from target_modules: the new rows train without it; to train all rows, write modules_to_save: [${embedding}]`,
      );
  },
};
