// `lorch data mapping`: the first rows of a file, and the mapping that reads them best.
import { type SuggestedMapping, suggestMapping } from '../../dataset/formats/suggest-mapping.ts';
import { readSample } from '../../dataset/scan/raw-rows.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { writeNewFile } from '../files/new-file.ts';
import { type DatasetRequest, openSources } from '../sources/dataset-sources.ts';

export interface MapRequest extends Omit<DatasetRequest, 'format' | 'onProgress'> {
  /** Absolute; null writes no file. */
  out: string | null;
}

export interface MappedDataset extends SuggestedMapping {
  file: string;
  /** Rows that were looked at. */
  rows: number;
  /** Other files of the request, which were not looked at. */
  others: string[];
  written: boolean;
}

/** Throws UserError D080 if no mapping reads the file, D095 if the output exists, D090, D091. */
export async function mapDataset(request: MapRequest): Promise<MappedDataset> {
  const [source, ...others] = await openSources({ ...request, format: 'auto' });
  if (!source) throw new UserError('D090', 'There is no file to look at.', { exitCode: 2 });
  const sample = await readSample(source);
  const suggested = suggestMapping(sample, source.label);
  if (!suggested.mapping && suggested.readAs === null)
    throw new UserError('D080', `No mapping reads ${source.label}. ${suggested.why}`, {
      ...(suggested.hint !== undefined && { hint: suggested.hint }),
      exitCode: 1,
    });
  const written = request.out !== null && suggested.mapping !== null;
  if (request.out !== null && written) await writeNewFile(request.out, suggested.yaml);
  return {
    file: source.label,
    rows: sample.length,
    others: others.map(({ label }) => label),
    written,
    ...suggested,
  };
}
