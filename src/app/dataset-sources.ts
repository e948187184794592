// What the data commands read: files, globs, or stdin.
import type { Readable } from 'node:stream';
import { loadFormatMapping } from '../config/format-mapping.ts';
import type { FieldMapping } from '../dataset/formats/mapping.ts';
import type { DataSource } from '../dataset/scan.ts';
import { expandSources } from '../dataset/sources.ts';

export interface DatasetRequest {
  cwd: string;
  /** Files, globs, or `-`. */
  patterns: readonly string[];
  /** A format's name, `auto`, or a YAML file that maps the rows' fields. */
  format: string;
  stdin: Readable;
  onProgress?: (rows: number, bytes: number) => void;
}

/** The sources behind a request's patterns. Throws UserError D090. */
export async function openSources({ cwd, patterns, stdin }: DatasetRequest): Promise<DataSource[]> {
  const files = await expandSources(cwd, patterns);
  return files.map((file) => (file.path === '-' ? { ...file, stream: stdin } : file));
}

/** Whether a format is named by a file that maps fields. */
export function isMappingFile(format: string): boolean {
  return /\.ya?ml$/i.test(format);
}

/** The format of a request: a name, or the mapping in a file. Throws UserError C001. */
export async function readFormat({
  cwd,
  format,
}: Pick<DatasetRequest, 'cwd' | 'format'>): Promise<string | FieldMapping> {
  return isMappingFile(format) ? await loadFormatMapping(format, cwd) : format;
}
