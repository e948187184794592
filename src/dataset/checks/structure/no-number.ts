import type { Check } from '../check.ts';

/** One row with the columns instruction, input and output; the input is NaN, as tables write a cell without text. */
const withNaN = Buffer.from(
  'UEFSMRUAFUIVQiwVAhUAFQYVBhwAAAACAAAAAgEXAAAASXMgdGhlIHNob3Agb3BlbiB0b2RheT8VABUcFRwsFQIVABUGFQYcAAAAAgAAAAIBAAAAAAAA+H8VABUyFTIsFQIVABUGFQYcAAAAAgAAAAIBDwAAAFllcywgdW50aWwgc2l4LhUEGUw1ABgGc2NoZW1hFQYAFQwlAhgLaW5zdHJ1Y3Rpb24lAEwcAAAAFQolAhgFaW5wdXQAFQwlAhgGb3V0cHV0JQBMHAAAABYCGRwZPCYAHBUMGSUGABkYC2luc3RydWN0aW9uFQAWAhZoFmgmCEkcFQAVABUCADwWLhkGGSYAAgAAACYAHBUKGSUGABkYBWlucHV0FQAWAhZCFkImcEkcFQAVABUCADwpBhkmAAIAAAAmABwVDBklBgAZGAZvdXRwdXQVABYCFlgWWCayAUkcFQAVABUCADwWHhkGGSYAAgAAABaCAhYCJggWggIAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRk8HAAAHAAAHAAAAB0BAABQQVIx',
  'base64',
);

export const noNumber: Check = {
  code: 'D207',
  name: 'no-number',
  severity: 'warning',
  raisedBy: ['dataset/readers/parquet-values.ts'],
  title: 'A Parquet column holds NaN or infinity.',
  prose:
    'JSON has no such numbers, and neither has a text example. The value is read as null, which is what tables mean by NaN where they have no other way to leave a cell empty.',
  hint: 'write null where there is no value, and a number where there is one',
  oncePerFile: true,
  bad: [{ text: withNaN, file: 'rows.parquet' }],
  good: [],
};
