import type { AdviceRule } from './rule.ts';

const mostShare = 0.01;

export const leakedPrompts: AdviceRule = {
  code: 'A014',
  name: 'leaked-prompts',
  severity: 'warning',
  title: 'Validation rows have the prompts of training rows.',
  prose:
    'Rows that are equal are never on both sides of a split. Rows with the same prompt and another answer can be on both sides. Then the validation loss measures how well the model remembers prompts. Near-duplicates in other words are found if dataset.duplicates.near is set; a group of them is never divided.',
  threshold:
    'More than 1 % of the validation rows have a prompt (all before the last answer, white space apart) that a training row has.',
  source:
    'Lee et al., Deduplicating Training Data Makes Language Models Better (arXiv 2107.06499). The share is lorch’s choice.',
  check({ sharedPrompts, rows }) {
    if (rows.validation === 0 || sharedPrompts <= mostShare * rows.validation) return null;
    return {
      message: `${sharedPrompts} of ${rows.validation} validation rows have the prompt of a training row`,
      hint: 'dataset.duplicates.near: { threshold: 0.8 } keeps rows that resemble one another on one side',
      data: { shared_prompts: sharedPrompts, validation_rows: rows.validation },
    };
  },
};
