// Codes of runs on other hosts: R165–R179.
import type { CodeDoc } from '../diagnostics/finding.ts';

export const remoteCodes: CodeDoc[] = [
  {
    code: 'R165',
    name: 'host-not-reached',
    severity: 'error',
    title: 'A host cannot be reached now.',
    prose:
      'A run on it goes on without a connection. What was copied of the run until then is in its folder in the workspace, and `logs` and `show` work with it. lorch decides nothing about the run until the host answers again.',
  },
  {
    code: 'R166',
    name: 'files-not-placed',
    severity: 'error',
    title: 'Files of a run could not be put in their place on its host.',
    prose:
      'Trainer, data and base model are kept on a host by what they hold, and get their names there by hard links, or by copies if the file system has no links. That failed: the disk is full, or a folder may not be written. Nothing was started. What was sent stays on the host and is not sent again.',
  },
  {
    code: 'R168',
    name: 'nothing-to-fetch',
    severity: 'error',
    title: 'A run has no results on another host that could be fetched.',
    prose:
      'It trained on this machine, and its results are in its run folder; or it has not ended yet. Results are fetched by whoever follows the run to its end, and otherwise by `lorch fetch RUN`.',
  },
  {
    code: 'R167',
    name: 'results-changed',
    severity: 'error',
    title: 'The results on a host are not what the trainer wrote.',
    prose:
      "Before results are fetched, lorch compares the adapter's weights with the hash that the trainer told when it saved them, and each checkpoint with its seal. Something has changed the files on the host since. Nothing is removed there, and the run folder in the workspace is as before.",
  },
];
