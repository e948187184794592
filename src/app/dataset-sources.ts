// What the data commands read: files, globs, or stdin.
import type { Readable } from 'node:stream';
import type { DataSource } from '../dataset/scan.ts';
import { expandSources } from '../dataset/sources.ts';

export interface DatasetRequest {
  cwd: string;
  /** Files, globs, or `-`. */
  patterns: readonly string[];
  /** A format's name, or `auto`. */
  format: string;
  stdin: Readable;
  onProgress?: (rows: number, bytes: number) => void;
}

/** The sources behind a request's patterns. Throws UserError D090. */
export async function openSources({ cwd, patterns, stdin }: DatasetRequest): Promise<DataSource[]> {
  const files = await expandSources(cwd, patterns);
  return files.map((file) => (file.path === '-' ? { ...file, stream: stdin } : file));
}
