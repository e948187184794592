// How rows become sequences, by the dataset section of a config: template, labels, and what happens to long rows.
import type { DatasetSection } from '../../config/schema/dataset.ts';
import type { FieldMapping } from '../../dataset/formats/field-mapping.ts';
import { text } from '../../dataset/formats/text.ts';
import type { PrepareSpec } from './prepare-sequences.ts';
import { readTemplate } from './read-template.ts';

export interface RowPolicy extends Pick<PrepareSpec, 'template' | 'train_on' | 'truncate'> {
  /** What templates take for today, if the config says so. */
  date?: string;
}

/** What was asked for; what is left out follows from the format. */
export interface AskedPolicy {
  format: string | FieldMapping;
  template: PrepareSpec['template'];
  trainOn?: PrepareSpec['train_on'] | undefined;
  truncate?: PrepareSpec['truncate'] | undefined;
}

/** The policy in full. Plain texts have no template, are trained on whole, and are split by default. */
export function rowPolicy({ format, template, trainOn, truncate }: AskedPolicy): RowPolicy {
  if (format === text.name)
    return {
      template: { kind: 'none', source: null },
      train_on: 'all',
      truncate: truncate ?? 'split',
    };
  return { template, train_on: trainOn ?? 'answers', truncate: truncate ?? 'right' };
}

/** The policy of a config; a template file is relative to `root`. Throws UserError P009. */
export async function configPolicy(dataset: DatasetSection, root: string): Promise<RowPolicy> {
  const { format, train_on: trainOn, truncate, template_kwargs: kwargs } = dataset;
  const template = await readTemplate(dataset.template, root, kwargs);
  const policy = rowPolicy({ format, template, trainOn, truncate });
  return dataset.template_date === undefined ? policy : { ...policy, date: dataset.template_date };
}
