// How rows become sequences, from the method and the dataset section of a config: template, labels, and treatment of long rows.
import { usualMethod } from '../../config/schema/method.ts';
import type { RunConfig } from '../../config/schema/run.ts';
import type { FieldMapping } from '../../dataset/formats/field-mapping.ts';
import { text } from '../../dataset/formats/text.ts';
import type { PrepareSpec } from './prepare-sequences.ts';
import { readTemplate } from './read-template.ts';

export interface RowPolicy extends Pick<PrepareSpec, 'method' | 'template' | 'train_on' | 'truncate'> {
  /** The date that templates use as today, if the config sets it. */
  date?: string;
}

/** The settings; missing ones follow from the format. */
export interface AskedPolicy {
  /** The method of a config. */
  method?: string | undefined;
  format: string | FieldMapping;
  template: PrepareSpec['template'];
  trainOn?: PrepareSpec['train_on'] | undefined;
  truncate?: PrepareSpec['truncate'] | undefined;
}

/** The complete policy. Plain texts have no template, all their tokens are trained on, and they are split by default. */
export function rowPolicy({
  method = usualMethod,
  format,
  template,
  trainOn,
  truncate,
}: AskedPolicy): RowPolicy {
  if (format === text.name)
    return {
      method,
      template: { kind: 'none', source: null },
      train_on: 'all',
      truncate: truncate ?? 'split',
    };
  return { method, template, train_on: trainOn ?? 'answers', truncate: truncate ?? 'right' };
}

/** The policy of a config; a template file is relative to `root`. Throws UserError P009. */
export async function configPolicy(
  { method, dataset }: Pick<RunConfig, 'method' | 'dataset'>,
  root: string,
): Promise<RowPolicy> {
  const { format, train_on: trainOn, truncate, template_kwargs: kwargs } = dataset;
  const template = await readTemplate(dataset.template, root, kwargs);
  const policy = rowPolicy({ method, format, template, trainOn, truncate });
  return dataset.template_date === undefined ? policy : { ...policy, date: dataset.template_date };
}
