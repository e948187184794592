import type { AdviceRule } from './rule.ts';

const named = 4;

export const untrainedTokens: AdviceRule = {
  code: 'A021',
  name: 'untrained-tokens',
  severity: 'warning',
  title: 'The rows hold control tokens that the base has never learned.',
  prose:
    'A base model often has its chat tokens in the vocabulary and has never seen them: their embeddings are still zero. All of them then look the same to the model, and one that is to end an answer is hardly ever generated, so that answers run on. An adapter on the layers alone cannot change an embedding. Train those rows, or embedding and head whole (`tokenizer.add_tokens` is for tokens that the vocabulary does not have); or take a template whose markers are plain text; or the instruct model.',
  threshold:
    'A token that the tokenizer adds to its vocabulary stands in rows, every value of its embedding is within 1e-16 of zero, and the run does not train it. Silent where the weights are not on this machine yet.',
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
        ? `lora.trainable_token_indices: [${ids.join(', ')}] trains their embeddings, which are rows of the head too`
        : `lora.trainable_token_indices: { embed_tokens: [${ids.join(', ')}], lm_head: [${ids.join(', ')}] } trains their embeddings and what predicts them`,
      data: { tokens: untrainedTokens },
    };
  },
};
