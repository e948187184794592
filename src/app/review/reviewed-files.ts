// The files of a review, from the command line.
import { expandSources } from '../../dataset/scan/sources.ts';
import { UserError } from '../../diagnostics/user-error.ts';

/** Files by absolute path and name for users. Throws UserError D090 if there are none, V002 for stdin. */
export async function reviewedFiles(
  cwd: string,
  patterns: readonly string[],
): Promise<{ path: string; label: string }[]> {
  const remote = patterns.find((pattern) => pattern.startsWith('hf://'));
  if (remote !== undefined)
    throw new UserError(
      'V002',
      'a review keeps its verdicts beside the dataset, and nothing can be written beside a dataset of the hub',
      {
        hint: `make it a file of your own: lorch data convert ${remote} --to chatml -o datasets/NAME.jsonl`,
      },
    );
  const files = await expandSources(cwd, patterns);
  if (files.some(({ path }) => path === '-'))
    throw new UserError('V002', 'a review keeps its verdicts beside the dataset, so it needs a file', {
      hint: 'write the rows to a file first',
    });
  return files.map(({ path, label }) => ({ path, label }));
}
