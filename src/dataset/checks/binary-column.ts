import type { Check } from './check.ts';

/** One row with the columns instruction, output and image; the image is five bytes that are no text. */
const withImage = Buffer.from(
  'UEFSMRUAFUIVQiwVAhUAFQYVBhwAAAACAAAAAgEXAAAASXMgdGhlIHNob3Agb3BlbiB0b2RheT8VABUyFTIsFQIVABUGFQYcAAAAAgAAAAIBDwAAAFllcywgdW50aWwgc2l4LhUAFR4VHiwVAhUAFQYVBhwAAAACAAAAAgEFAAAAiVBOR/8VBBlMNQAYBnNjaGVtYRUGABUMJQIYC2luc3RydWN0aW9uJQBMHAAAABUMJQIYBm91dHB1dCUATBwAAAAVDCUCGAVpbWFnZQAWAhkcGTwmABwVDBklBgAZGAtpbnN0cnVjdGlvbhUAFgIWaBZoJghJHBUAFQAVAgA8Fi4ZBhkmAAIAAAAmABwVDBklBgAZGAZvdXRwdXQVABYCFlgWWCZwSRwVABUAFQIAPBYeGQYZJgACAAAAJgAcFQwZJQYAGRgFaW1hZ2UVABYCFkQWRCbIAUkcFQAVABUCADwWChkGGSYAAgAAABaEAhYCJggWhAIAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRk8HAAAHAAAHAAAAB8BAABQQVIx',
  'base64',
);

export const binaryColumn: Check = {
  code: 'D058',
  name: 'binary-column',
  severity: 'warning',
  title: 'A Parquet column holds bytes that are no text.',
  prose:
    'Images, audio and other binary values have no place in a text example. Such a value is left out of its row, and the row is read without it; binary columns whose bytes are UTF-8 are read as text.',
  hint: 'drop the column, or check whether the rows make sense without it',
  oncePerFile: true,
  bad: [{ text: withImage, file: 'rows.parquet' }],
  good: [],
};
