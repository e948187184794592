// Codes that the dataset folder throws as UserError: the request itself cannot be met. Findings carry those in checks/.
import type { CodeDoc } from '../diagnostics/finding.ts';

export const datasetErrorCodes: CodeDoc[] = [
  {
    code: 'D090',
    name: 'no-such-file',
    severity: 'error',
    title: 'No file has that name or fits that pattern.',
    prose:
      'Dataset paths are relative to the workspace (or to the current folder outside one). Patterns take `*`, `**`, `?` and `{a,b}`. A folder is not read as a whole: name the files in it, for example `data/*.jsonl`.',
  },
  {
    code: 'D091',
    name: 'unreadable-file',
    severity: 'error',
    title: 'The file cannot be read.',
    prose: 'The system refused to open or read it: permissions, a broken disk, or a file that went away.',
  },
  {
    code: 'D092',
    name: 'weight-not-supported',
    severity: 'error',
    title: 'Source weights are not supported.',
    prose:
      'A `weight` on a dataset source would repeat or thin its rows. This version trains on each row once, and refuses the weight instead of ignoring it.',
  },
  {
    code: 'D093',
    name: 'no-such-format',
    severity: 'error',
    title: 'There is no dataset format of that name.',
    prose: 'Formats are alpaca, chatml, chatml-text, sharegpt and preference; `auto` decides by the rows.',
  },
  {
    code: 'D094',
    name: 'no-such-check',
    severity: 'error',
    title: 'A check setting names no check, or one that cannot be changed.',
    prose:
      'Settings name a check by its code or name and set it to off, note, warning or error. Checks without which a row cannot be used at all keep their severity.',
  },
  {
    code: 'D095',
    name: 'output-exists',
    severity: 'error',
    title: 'The output file exists already.',
    prose: 'Commands that write datasets never overwrite. Name another file, or remove the old one yourself.',
  },
  {
    code: 'D096',
    name: 'no-such-target',
    severity: 'error',
    title: 'Rows cannot be written in that format.',
    prose: 'Preference pairs are read and named, but not written in this version.',
  },
  {
    code: 'D097',
    name: 'cannot-unpack',
    severity: 'error',
    title: 'Parquet on stdin, or inside .gz or .zst, could not be unpacked.',
    prose:
      'Parquet is read from its end, so a stream of it is first written to a temporary file (`TMPDIR`, else /tmp), which is gone when the command ends. There was no room for it, or the folder cannot be written.',
  },
];
