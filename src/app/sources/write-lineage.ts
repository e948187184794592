// Writes the lineage record of a dataset file, which is published together with it.
import { rm } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { type Lineage, type LineageParent, lineagePath } from '../../dataset/lineage.ts';
import type { DataSource, ScannedFile } from '../../dataset/scan/scan-types.ts';
import { type NewFile, openNewFile } from '../files/new-file.ts';
import { openSettingsCopy } from './copy-settings.ts';

/** The program that writes, and the time; the command line provides both. */
export interface MadeBy {
  command: string;
  version: string;
  atMs: number;
}

export interface LineageFacts extends Pick<Lineage, 'rows' | 'fingerprint' | 'ledger' | 'review'> {
  madeBy: MadeBy;
  options: Record<string, unknown>;
  /** The sources of the scan, and the files of its result in the same order. */
  sources: readonly Pick<DataSource, 'path' | 'label' | 'stream'>[];
  files: readonly Pick<ScannedFile, 'sha256' | 'rows'>[];
}

export interface LineageFile extends NewFile {
  /** Writes the record of a complete dataset file; its sources' check settings are published with it. */
  record(dataset: Pick<NewFile, 'finish' | 'sha256'>, facts: LineageFacts): Promise<void>;
}

/** Starts `<dataset>.lineage.json`; publish it with the dataset (`publishAll`). Throws UserError D091, D094, D095. */
export async function openLineageFile(dataset: string): Promise<LineageFile> {
  const file = await openNewFile(lineagePath(dataset));
  let settings: NewFile | null = null;
  return {
    ...file,
    beside: () => (settings ? [settings.path] : []),
    async publish() {
      await settings?.publish();
      await file.publish().catch(async (error: unknown) => {
        if (settings) await rm(settings.path, { force: true });
        throw error;
      });
    },
    async dispose() {
      await settings?.dispose();
      await file.dispose();
    },
    async record(output, { madeBy, options, sources, files, rows, fingerprint, ledger, review }) {
      await output.finish();
      const record: Lineage = {
        lorch: 1,
        file: basename(dataset),
        sha256: output.sha256(),
        rows,
        fingerprint,
        made_by: { command: madeBy.command, version: madeBy.version, at_ms: madeBy.atMs, options },
        parents: parentsOf(dirname(dataset), sources, files),
        ledger,
        ...(review && { review }),
      };
      await file.write(`${JSON.stringify(record, null, 2)}\n`);
      settings = await openSettingsCopy(sources, dataset);
    },
  };
}

function parentsOf(
  folder: string,
  sources: LineageFacts['sources'],
  files: LineageFacts['files'],
): LineageParent[] {
  return files.map(({ sha256, rows }, i) => ({ path: parentPath(folder, sources[i]), sha256, rows }));
}

// Name a dataset of the hub by its hub name, because the local copy is only a cache.
function parentPath(folder: string, source: LineageFacts['sources'][number] | undefined): string | null {
  if (!source || source.stream) return null;
  return source.label.startsWith('hf://') ? source.label : relative(folder, source.path).split(sep).join('/');
}
