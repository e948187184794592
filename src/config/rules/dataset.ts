import type { Rule } from './rule.ts';

/** One file has one role. */
export const datasetRule: Rule = {
  needs: ['dataset'],
  check({ dataset }, report) {
    const train = dataset.train.map(pathOf);
    const { validation } = dataset;
    train.forEach((file, i) => {
      if (train.indexOf(file) < i)
        report(
          `dataset.train.${i}`,
          `${file} is listed twice`,
          'to feed its rows twice, list it once with weight: 2',
        );
    });
    if (!Array.isArray(validation)) return;
    for (const file of validation.map(pathOf))
      if (train.includes(file))
        report(
          'dataset.validation',
          `${file} is trained on, so it cannot validate`,
          'hold rows out of it: validation: { fraction: 0.05 }',
        );
  },
};

function pathOf(source: string | { path: string }): string {
  return typeof source === 'string' ? source : source.path;
}
