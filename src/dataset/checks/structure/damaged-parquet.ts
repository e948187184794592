import type { Check } from '../check.ts';

/** One row with the columns instruction and output. */
const whole = Buffer.from(
  'UEFSMRUAFUIVQiwVAhUAFQYVBhwAAAACAAAAAgEXAAAASXMgdGhlIHNob3Agb3BlbiB0b2RheT8VABUyFTIsFQIVABUGFQYcAAAAAgAAAAIBDwAAAFllcywgdW50aWwgc2l4LhUEGTw1ABgGc2NoZW1hFQQAFQwlAhgLaW5zdHJ1Y3Rpb24lAEwcAAAAFQwlAhgGb3V0cHV0JQBMHAAAABYCGRwZLCYAHBUMGSUGABkYC2luc3RydWN0aW9uFQAWAhZoFmgmCEkcFQAVABUCADwWLhkGGSYAAgAAACYAHBUMGSUGABkYBm91dHB1dBUAFgIWWBZYJnBJHBUAFQAVAgA8Fh4ZBhkmAAIAAAAWwAEWAiYIFsABACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZLBwAABwAAADfAAAAUEFSMQ==',
  'base64',
);

export const damagedParquet: Check = {
  code: 'D057',
  name: 'damaged-parquet',
  severity: 'error',
  raisedBy: ['dataset/readers/parquet.ts', 'dataset/scan/open-rows.ts'],
  title: 'The Parquet file, or a group of its rows, cannot be read.',
  prose: [
    'A Parquet file is read from its end: the footer lists the columns and row groups. A file that was cut off has no footer, and none of its rows can be read.',
    'If one row group is damaged, or packed in a way that lorch does not read, its rows are counted and dropped with this code. The message names the column, and the other row groups are read.',
  ].join('\n\n'),
  hint: 'fetch or write the file again',
  fatal: true,
  oncePerFile: true,
  bad: [{ text: whole.subarray(0, -20), file: 'rows.parquet' }],
  good: [whole],
};
