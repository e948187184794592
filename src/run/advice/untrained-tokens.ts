import type { AdviceRule } from './rule.ts';

const named = 4;

export const untrainedTokens: AdviceRule = {
  code: 'A021',
  name: 'untrained-tokens',
  severity: 'warning',
  title: 'The rows contain control tokens that the base has never learned.',
  prose:
    'A base model often has chat tokens in its vocabulary that it was never trained on: their embeddings are still zero. All of them then look the same to the model. It hardly ever generates the one that ends an answer, so answers run on. An adapter on the layers cannot change an embedding. Train those rows, or all of embedding and head (`tokenizer.add_tokens` is only for tokens that the vocabulary does not have). Or use a template with plain-text markers, or the instruct model.',
  threshold:
    'Rows have a token that the tokenizer adds to its vocabulary, every value of its embedding is within 1e-16 of zero, and the run does not train it. The check skips models whose weights are not on this machine yet.',
  source:
    'torchtune issue 2429: the end of turn of a Llama 3 base has a probability of 5 % after training. Unsloth looks for such rows, with the same limit (unsloth-zoo, tokenizer_utils).',
  check({ untrainedTokens, tiedHead }) {
    if (untrainedTokens === null || untrainedTokens.length === 0) return null;
    const shown = untrainedTokens.slice(0, named).map(({ token, rows }) => `${token} (${rows} rows)`);
    const more = untrainedTokens.length > named ? ` and ${untrainedTokens.length - named} more` : '';
    const ids = untrainedTokens.map(({ id }) => id);
    return {
      message: `the base has never learned ${shown.join(', ')}${more}: their embeddings are zero`,
      hint: tiedHead
        ? `lora.trainable_token_indices: [${ids.join(', ')}] trains their embeddings, which are also rows of the head`
        : `lora.trainable_token_indices: { embed_tokens: [${ids.join(', ')}], lm_head: [${ids.join(', ')}] } trains their embeddings and what predicts them`,
      data: { tokens: untrainedTokens },
    };
  },
};
