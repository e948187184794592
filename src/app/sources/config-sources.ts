// The sources of a config: the files of each entry, and the settings for reading and feeding their rows.
import { stat } from 'node:fs/promises';
import type { DatasetSection, SourceSettings } from '../../config/schema/dataset.ts';
import type { DataSource } from '../../dataset/scan/scan-types.ts';
import { type SourceFile, withoutCompanions } from '../../dataset/scan/sources.ts';
import type { Split } from '../../dataset/split.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { spillToDisk } from '../files/spill-to-disk.ts';
import { type FindOptions, findSources } from './dataset-sources.ts';

/** One entry of `dataset.train` or `dataset.validation`. */
export interface ConfigSource {
  /** Its path in the config: `dataset.train.1`. */
  setting: string;
  role: Split;
  /** A path, pattern or hub name, as written. */
  path: string;
  weight: number;
  limit: number | null;
  /** Null for that of the dataset. */
  format: SourceSettings['format'] | null;
  template: string | null;
  /** In reading order; each file belongs to one source. */
  files: SourceFile[];
}

/**
 * The entries of a config that have files, training first. Throws UserError D090, D091, D098, D209, and what fetching from
 * the hub throws.
 */
export async function findConfigSources(
  dataset: DatasetSection,
  options: FindOptions,
): Promise<ConfigSource[]> {
  const { train, validation } = dataset;
  const held = Array.isArray(validation) ? validation : [];
  const entries = [
    ...train.map((entry, i) => describe(entry, 'train', `dataset.train.${i}`)),
    ...held.map((entry, i) => describe(entry, 'validation', `dataset.validation.${i}`)),
  ];
  const owners = new Map<string, ConfigSource>();
  for (const entry of entries)
    for (const file of await findSources([entry.path], options)) {
      const owner = owners.get(file.path);
      if (owner) refuseShared(owner, entry, file);
      else {
        owners.set(file.path, entry);
        entry.files.push(file);
      }
    }
  const kept = new Set(
    (['train', 'validation'] as const).flatMap((role) =>
      withoutCompanions(entries.filter((each) => each.role === role).flatMap(({ files }) => files)),
    ),
  );
  for (const entry of entries) entry.files = entry.files.filter((file) => kept.has(file));
  await Promise.all([...kept].map(requireFile));
  return entries.filter(({ files }) => files.length > 0);
}

/** Their files in the order of a scan. Validation comes first, so that of two equal rows the validation row is kept. */
export function scanOrder(sources: readonly ConfigSource[]): { source: ConfigSource; data: DataSource }[] {
  const ordered = [
    ...sources.filter(({ role }) => role === 'validation'),
    ...sources.filter(({ role }) => role === 'train'),
  ];
  return ordered.flatMap((source) =>
    source.files.map((file) => ({
      source,
      data: {
        ...file,
        role: source.role,
        spill: spillToDisk,
        ...(source.weight !== 1 && { weight: source.weight }),
        ...(source.limit !== null && { limit: source.limit }),
        ...(source.format != null && { format: source.format }),
      },
    })),
  );
}

function describe(entry: string | SourceSettings, role: Split, setting: string): ConfigSource {
  const given: SourceSettings = typeof entry === 'string' ? { path: entry } : entry;
  const { path, weight = 1, limit = null, format = null, template = null } = given;
  return { setting, role, path, weight, limit, format, template, files: [] };
}

function refuseShared(owner: ConfigSource, entry: ConfigSource, { label }: SourceFile): void {
  if (owner.role !== entry.role)
    throw new UserError('D098', `${label} is trained on, so it cannot validate`, {
      hint: 'narrow the training paths so that they do not match a validation file',
    });
  const settings = ({ weight, limit, format, template }: ConfigSource): string =>
    JSON.stringify([weight, limit, format, template]);
  if (settings(owner) !== settings(entry))
    throw new UserError(
      'D209',
      `${owner.setting} and ${entry.setting} both name ${label}, with different settings`,
      {
        hint: `narrow one of them (${owner.path}, ${entry.path}), or give both the same settings`,
      },
    );
}

/** Refuses pipes and devices: a run reads its rows more than once and records them, and these can be read only once. */
async function requireFile({ path, label }: SourceFile): Promise<void> {
  const info = await stat(path).catch(() => null);
  if (!info || info.isFile()) return;
  throw new UserError('D091', `${label} cannot be read twice, and a run reads its rows more than once`, {
    hint: 'write its rows to a file first',
    exitCode: 2,
  });
}
