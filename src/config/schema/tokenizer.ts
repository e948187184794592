import { z } from 'zod';
import { atLeastOne, field, optional, section } from './field.ts';

/** More belong into a tokenizer that is trained for them, with an embedding that trains whole. */
const mostTokens = 10_000;
const longestToken = 128;

const token = z
  .string()
  .refine((text) => text.trim() !== '', {
    error: 'a token must hold more than white space',
    params: { code: 'C012', hint: 'write the text of the token, such as "<note>"' },
  })
  .refine((text) => text.trim() === '' || text === text.trim(), {
    error: 'a token must not begin or end with white space',
    params: { code: 'C012', hint: 'chat templates trim texts, so that such a token would be lost' },
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
      'Ordinary tokens to add, in the order of their ids. Each becomes one id wherever its text stands in a row, and stays in decoded answers.',
    ),
    add_special_tokens: optional(
      tokens,
      'Special tokens to add, after the others. As ordinary ones, but `skip_special_tokens` takes them out of decoded answers.',
    ),
    init: field(
      z.enum(['mean', 'pieces', 'zero']).default('mean'),
      'How their rows of embedding and head begin. `mean`: the mean of all rows of the old vocabulary, so that a new token is neither likelier nor rarer than others. `pieces`: the mean of the tokens that the text was split into before. `zero`: zeros, which in the head are a logit of 0 and often a likely token.',
    ),
    pad_to_multiple_of: optional(
      atLeastOne,
      'Where embedding and head must be made longer: to the next multiple of this, such as 64, which is faster on a GPU. The rows beyond the last token never train.',
    ),
  },
  'New tokens: added to the tokenizer before anything is tokenised, with rows of embedding and head that train. Left out, there are none.',
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
