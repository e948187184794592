// Codes of the queue and of devices: R140–R149.
import type { CodeDoc } from '../../diagnostics/finding.ts';

export const queueCodes: CodeDoc[] = [
  {
    code: 'R140',
    name: 'gpus-in-use',
    severity: 'error',
    title: 'The GPUs that the run wants are in use.',
    prose:
      'A run has its GPUs for itself, unless `resources.share_gpu` allows otherwise. The message says which run has each GPU, or which program of somebody else uses it. `lorch gpus` shows the same.',
  },
  {
    code: 'R144',
    name: 'left-the-queue',
    severity: 'error',
    title: 'The run does not wait any more.',
    prose:
      'It was stopped, held, started or removed at the same moment. `lorch runs` shows how each run stands.',
  },
];
