import { z } from 'zod';
import { atLeastOne, field, optional, section } from './field.ts';

/** More belong in a tokenizer that is trained for them, with an embedding that trains in full. */
const mostTokens = 10_000;
const longestToken = 128;

const token = z
  .string()
  .refine((text) => text.trim() !== '', {
    error: 'a token must contain more than white space',
    params: { code: 'C012', hint: 'write the text of the token, such as "<note>"' },
  })
  .refine((text) => text.trim() === '' || text === text.trim(), {
    error: 'a token must not begin or end with white space',
    params: { code: 'C012', hint: 'chat templates trim texts, so such a token would be lost' },
  })
  .refine((text) => [...text].length <= longestToken, {
    error: `a token has at most ${longestToken} characters`,
    params: { code: 'C012' },
  });

const tokens = z.array(token).min(1).max(mostTokens);

export const tokenizerSection = section(
  {
    add_tokens: optional(
      tokens,
      'Ordinary tokens to add, in the order of their ids. Each becomes one id everywhere in the rows, and stays in decoded answers.',
    ),
    add_special_tokens: optional(
      tokens,
      'Special tokens to add, after the ordinary ones. The only difference: `skip_special_tokens` removes them from decoded answers.',
    ),
    init: field(
      z.enum(['mean', 'pieces', 'zero']).default('mean'),
      'The first values of their rows of embedding and head. `mean`: the mean of all rows of the old vocabulary, so a new token has an average probability. `pieces`: the mean of the tokens that the text was split into before. `zero`: zeros. In the head they give a logit of 0, which often makes the token too likely.',
    ),
    pad_to_multiple_of: optional(
      atLeastOne,
      'If embedding and head must grow, they grow to the next multiple of this. 64, for example, is faster on a GPU. The rows after the last token never train.',
    ),
  },
  'New tokens. lorch adds them to the tokenizer before it tokenises anything, and trains their rows of embedding and head. Default: none.',
  {
    owned: {
      mean_resizing: 'write `init: mean`',
      additional_special_tokens: 'write `add_special_tokens`',
      extra_special_tokens: 'write `add_special_tokens`',
      chat_template: 'write `dataset.template`',
      model_max_length: 'write `training.max_length`',
    },
    removed: {},
    unsupported: {},
  },
);

export type TokenizerSection = z.output<typeof tokenizerSection>;
