import type { Check } from '../check.ts';

/** One row with the columns instruction, output and bytes; the last is five bytes that are not text. */
const withBytes = Buffer.from(
  'UEFSMRUAFUIVQiwVAhUAFQYVBhwAAAACAAAAAgEXAAAASXMgdGhlIHNob3Agb3BlbiB0b2RheT8VABUyFTIsFQIVABUGFQYcAAAAAgAAAAIBDwAAAFllcywgdW50aWwgc2l4LhUAFR4VHiwVAhUAFQYVBhwAAAACAAAAAgEFAAAAiVBOR/8VBBlMNQAYBnNjaGVtYRUGABUMJQIYC2luc3RydWN0aW9uJQBMHAAAABUMJQIYBm91dHB1dCUATBwAAAAVDCUCGAVieXRlcwAWAhkcGTwmABwVDBklBgAZGAtpbnN0cnVjdGlvbhUAFgIWaBZoJghJHBUAFQAVAgA8Fi4ZBhkmAAIAAAAmABwVDBklBgAZGAZvdXRwdXQVABYCFlgWWCZwSRwVABUAFQIAPBYeGQYZJgACAAAAJgAcFQwZJQYAGRgFYnl0ZXMVABYCFkQWRCbIAUkcFQAVABUCADwWChkGGSYAAgAAABaEAhYCJggWhAIAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRk8HAAAHAAAHAAAAB8BAABQQVIx',
  'base64',
);

export const binaryColumn: Check = {
  code: 'D058',
  name: 'binary-column',
  severity: 'warning',
  raisedBy: ['dataset/readers/parquet-values.ts'],
  title: 'A Parquet column holds bytes that are not text.',
  prose:
    'Images, audio and other binary values do not belong in a text example. The row is read without such a value. Binary columns whose bytes are UTF-8 are read as text. If the column is called `image`, `audio` or the like, the row is also an error (D040).',
  hint: 'drop the column, or check whether the rows make sense without it',
  oncePerFile: true,
  bad: [{ text: withBytes, file: 'rows.parquet' }],
  good: [],
};
