// Copies the settings beside a dataset to files made from it; otherwise other rows would be dropped there.
import { access, readFile } from 'node:fs/promises';
import { readCheckFile } from '../../config/check-file.ts';
import { writeYaml } from '../../config/write-yaml.ts';
import type { DataSource } from '../../dataset/scan/scan-types.ts';
import { type NewFile, openNewFile } from '../files/new-file.ts';
import { besidePath } from './choose-checks.ts';
import { joinCheckSettings } from './join-check-settings.ts';

/**
 * `<out>.checks.yaml`, ready to be published: a copy of the settings beside the sources, or several merged. Null if
 * there are none, or if `out` already has settings, which are kept. Throws UserError C001, D091, D094.
 */
export async function openSettingsCopy(
  sources: readonly Pick<DataSource, 'path' | 'label' | 'stream'>[],
  out: string,
): Promise<NewFile | null> {
  const target = besidePath(out);
  if (await exists(target)) return null;
  const texts = new Map<string, { path: string; label: string }>();
  for (const { path, label, stream } of sources) {
    if (stream || !(await exists(besidePath(path)))) continue;
    texts.set(await readFile(besidePath(path), 'utf8'), { path: besidePath(path), label: besidePath(label) });
  }
  const [text] = texts.keys();
  if (text === undefined) return null;
  const file = await openNewFile(target);
  await file.write(texts.size === 1 ? text : await joined([...texts.values()]));
  return file;
}

async function joined(files: readonly { path: string; label: string }[]): Promise<string> {
  const layers = await Promise.all(files.map(({ path, label }) => readCheckFile(path, label)));
  const { settings, demotion } = joinCheckSettings(layers);
  const demote = demotion && { demote_below: demotion.below, demote_after: demotion.after };
  return writeYaml({ ...settings, ...demote }, `joined from ${files.map(({ label }) => label).join(', ')}`);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
