// Codes of the queue and of devices: R140–R149.
import type { CodeDoc } from '../../diagnostics/finding.ts';

export const queueCodes: CodeDoc[] = [
  {
    code: 'R140',
    name: 'gpus-in-use',
    severity: 'error',
    title: 'The GPUs that the run wants are in use.',
    prose:
      'A run has its GPUs for itself, unless `resources.share_gpu` allows otherwise. The message says which run has each GPU, or which program of somebody else uses it. `lorch gpus` shows the same. With `--queue`, the run waits for its turn.',
  },
  {
    code: 'R144',
    name: 'left-the-queue',
    severity: 'error',
    title: 'The run does not wait any more.',
    prose:
      'It was stopped, held, started or removed at the same moment. `lorch queue` shows what waits, and `lorch runs` how each run stands.',
  },
  {
    code: 'R141',
    name: 'too-few-gpus',
    severity: 'error',
    title: 'The run wants more GPUs than its host has.',
    prose:
      'It would wait for ever, so it is not queued. Set `resources.gpus` to what the host has, or `resources.gpus: 0` to train on the CPU. `lorch gpus` lists the GPUs.',
  },
  {
    code: 'R142',
    name: 'not-waiting',
    severity: 'error',
    title: 'The run is not in the queue.',
    prose:
      'Only a run that waits can be moved, held or released. `lorch queue` lists what waits; `lorch resume RUN --queue` queues a run again that failed or was stopped.',
  },
  {
    code: 'R143',
    name: 'after-cannot-come',
    severity: 'error',
    title: 'The run would wait for one that has ended without success.',
    prose:
      '`--after RUN` waits until that run has succeeded. It failed, was cancelled or lost, and does not wait to go on. Resume it first, or use `--after-any RUN`, which only waits for its end.',
  },
  {
    code: 'R145',
    name: 'dispatcher-not-started',
    severity: 'error',
    title: 'The process that starts waiting runs could not be started.',
    prose:
      'What waits stays in the queue. Each command in the workspace tries again. If it stays, too many processes may be running, or the program of lorch was removed or replaced meanwhile.',
  },
  {
    code: 'R146',
    name: 'queued-elsewhere',
    severity: 'error',
    title: 'The run was queued by somebody else, or in another folder.',
    prose:
      'A workspace that was copied here may bring a queue with it. lorch starts by itself only what you queued in this folder; it holds the rest. `lorch queue release RUN` lets the run start with the Python of this workspace and your environment.',
  },
];
