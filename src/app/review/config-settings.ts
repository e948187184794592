// The format and template that a run config gives to each file under review.
import type { DatasetSection } from '../../config/schema/dataset.ts';
import { expandSources } from '../../dataset/scan/sources.ts';
import type { PrepareSpec } from '../tokens/prepare-sequences.ts';
import { isOwnTemplate, readTemplate } from '../tokens/read-template.ts';
import type { ReviewedFile } from './population.ts';

export interface ConfiguredFiles {
  /** The same files, with their formats. */
  files: ReviewedFile[];
  /** Templates other than the dataset's, by label. */
  templates: Map<string, PrepareSpec['template']>;
}

/** Looks each file up among the sources of the config; `root` is where their paths are relative to. Throws UserError D090, P009. */
export async function withConfigSettings(
  files: readonly ReviewedFile[],
  { train, validation, template: usual }: DatasetSection,
  root: string,
): Promise<ConfiguredFiles> {
  const templates: ConfiguredFiles['templates'] = new Map();
  const configured = new Map(files.map((file) => [file.path, { ...file }]));
  const met = new Set<string>();
  for (const entry of [...train, ...(Array.isArray(validation) ? validation : [])]) {
    // Rows of the hub cannot be reviewed.
    const { path, ...settings } = typeof entry === 'string' ? { path: entry } : entry;
    if (path.startsWith('hf://')) continue;
    for (const found of await expandSources(root, [path])) {
      const file = configured.get(found.path);
      // As in a run, a file belongs to the first source that names it.
      if (!file || met.has(found.path)) continue;
      met.add(found.path);
      if ('format' in settings && settings.format !== undefined) file.format = settings.format;
      const own = 'template' in settings ? (settings.template ?? null) : null;
      if (isOwnTemplate(own, usual))
        templates.set(file.label, await readTemplate(own, root, undefined, 'the template of a source'));
    }
  }
  return { files: [...configured.values()], templates };
}
