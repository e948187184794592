// Codes of sources that have nothing to train on.
import type { CodeDoc } from '../../diagnostics/finding.ts';

export const sourceCodes: CodeDoc[] = [
  {
    code: 'P003',
    name: 'no-rows-left',
    severity: 'error',
    title: 'No row is left to train on.',
    prose: 'All rows were dropped, or went to validation. The ledger in the message says where they went.',
  },
  {
    code: 'P011',
    name: 'source-not-drawn',
    severity: 'error',
    title: 'The weight of a source feeds none of its rows.',
    prose:
      'A weight below 1 feeds that share of the training rows of a source, drawn row by row. If the source has few rows, the share can be none, and the run would not train on the source. Raise the weight, choose another `dataset.draw_seed`, or remove the source.',
  },
  {
    code: 'P012',
    name: 'source-trains-nothing',
    severity: 'warning',
    title: 'No row of a source is trained on.',
    prose:
      'All of its rows were dropped, or went to validation. Often the source repeats the rows of a source that is read before it (D060). The message says where its rows went.',
  },
];
