// Preference pairs are recognised, so that they are not taken for something else; they are not trained on yet.
import { preferenceRow } from '../checks/preference-row.ts';
import type { Format } from './format.ts';

export const preference: Format = {
  name: 'preference',
  shape: '"chosen" and "rejected"',
  matches: (row) => row.chosen !== undefined && row.rejected !== undefined,
  parse(_row, raise) {
    raise(preferenceRow, '', 'The row is a preference pair, which this version does not train on.');
    return null;
  },
  locate: () => ({ pointer: '' }),
  render: null,
};
