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
    'JSON cannot store such numbers. The value is read as null, because tables often use NaN for an empty cell.',
  hint: 'write null for an empty cell, and a number otherwise',
  oncePerFile: true,
  bad: [{ text: withNaN, file: 'rows.parquet' }],
  good: [],
};
