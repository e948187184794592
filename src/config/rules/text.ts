import type { Rule } from './rule.ts';

/** Plain texts have no turns and no template. */
export const textRule: Rule = {
  needs: ['dataset'],
  check({ dataset }, report) {
    const { format, template, train_on: trainOn, truncate } = dataset;
    if (format !== 'text') {
      if (truncate === 'split')
        report(
          'dataset.truncate',
          'only plain texts can be split, because half a conversation has no answer or no question',
          'write right, left, drop or refuse; `split` needs format: text',
        );
      return;
    }
    if (trainOn !== 'answers' && trainOn !== 'all')
      report(
        'dataset.train_on',
        'a plain text has no turns, so every token is trained on',
        'leave train_on out, or write train_on: all',
      );
    dataset.train.forEach((source, i) => {
      if (typeof source === 'string') return;
      for (const key of ['format', 'template'] as const)
        if (source[key] !== undefined)
          report(
            `dataset.train.${i}.${key}`,
            'plain texts cannot be mixed with other formats: `dataset.format: text` applies to all sources',
            `leave ${key} out, or name another dataset.format`,
          );
    });
    if (template !== 'auto')
      report('dataset.template', 'plain texts use no template', 'leave template out', 'C018');
    if (dataset.template_kwargs !== undefined)
      report('dataset.template_kwargs', 'plain texts use no template', 'leave template_kwargs out', 'C018');
  },
};

/** A policy for long rows needs a length. */
export const truncateRule: Rule = {
  needs: ['dataset', 'training'],
  check({ dataset, training }, report) {
    if (dataset.truncate !== undefined && training.max_length === 'none')
      report(
        'dataset.truncate',
        'truncate has no effect, because training.max_length is none',
        'leave truncate out, or write a number for training.max_length',
        'C018',
      );
  },
};
