// The classes of failures: how each is recognised, and what to do about it.
import type { CodeDoc } from '../diagnostics/finding.ts';

export type FailureClass =
  | 'out-of-memory'
  | 'host-out-of-memory'
  | 'cgroup-out-of-memory'
  | 'hang'
  | 'loss-explosion'
  | 'limit-reached'
  | 'preempted'
  | 'hub'
  | 'disk-full'
  | 'killed'
  | 'non-finite-loss'
  | 'model-not-found'
  | 'bad-model'
  | 'bad-data'
  | 'bad-settings'
  | 'environment'
  | 'not-started'
  | 'ended-early'
  | 'reported'
  | 'crash'
  | 'lost';

export interface FailureRule {
  class: FailureClass;
  code: string;
  title: string;
  prose: string;
  hint: string;
  next(run: string): string;
  /** Codes of the trainer's error events in this class. */
  errors?: readonly string[];
  /** A line of train.log that shows this class if the trainer died without an error event. */
  log?: RegExp;
}

const resume = (run: string) => `lorch resume ${run}`;
const logs = (run: string) => `lorch logs ${run}`;
const doctor = () => 'lorch doctor';

export const failureRules: readonly FailureRule[] = [
  {
    class: 'out-of-memory',
    code: 'R110',
    title: 'The attempt ran out of GPU memory.',
    prose:
      'The base model, the optimizer state or the activations of a batch did not fit into the memory of the GPU. ' +
      'Activations grow with `per_device_train_batch_size × max_length`; the base shrinks to a quarter with 4-bit quantization. A resumed run needs a little more than a fresh one while it loads the optimizer state.',
    hint: 'lower per_device_train_batch_size (raise gradient_accumulation_steps to match) or max_length, turn on gradient_checkpointing, or load the base in 4 bit',
    next: (run) => `lorch show ${run}`,
    errors: ['R005'],
    log: /CUDA out of memory|CUDA error: out of memory|OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED/i,
  },
  {
    class: 'host-out-of-memory',
    code: 'R127',
    title: 'The machine ran out of memory.',
    prose:
      'A process asked for memory (RAM) that the machine or a limit such as `ulimit -v` did not give, or the kernel killed one because no memory was left. The evidence says which. GPU memory is another matter (R110). The base model is loaded through RAM, and each data loader worker has its own copy of what it changes.',
    hint: 'end other programs, lower training.dataloader_num_workers, or use a machine with more memory; then resume',
    next: resume,
    errors: ['R180'],
    log: /^MemoryError|can't allocate memory|Cannot allocate memory|out of memory/i,
  },
  {
    class: 'cgroup-out-of-memory',
    code: 'R128',
    title: 'The attempt reached the memory limit of its cgroup.',
    prose:
      'A container, a batch system or a systemd unit limits the memory of this group of processes, and the kernel killed one of them at that limit. The machine itself may have memory left. The supervisor compares the counters of the kernel before and after the attempt.',
    hint: 'give the container or the batch job more memory (`docker run --memory`, `--mem` of Slurm), then resume',
    next: resume,
  },
  {
    class: 'hang',
    code: 'R124',
    title: 'The attempt made no progress any more.',
    prose:
      'No step, no batch of an evaluation and no file of a checkpoint for the time of `resources.hang_steps` median steps, and for at least `resources.hang_minutes`. The supervisor wrote the stacks of all threads into train.log, asked the trainer to end, and killed it if it did not. Usual causes: a GPU or driver that stopped answering, a network file system, a deadlock of data loader workers.',
    hint: 'the stacks in the log show where it stood; resuming goes on from the last checkpoint',
    next: logs,
  },
  {
    class: 'limit-reached',
    code: 'R125',
    title: 'The attempt reached its longest time or its budget.',
    prose:
      'The supervisor ended it at `resources.max_hours` or `resources.max_cost`. Before that the trainer saved a checkpoint, unless the evidence says that it had to be killed. Each attempt has the whole limit.',
    hint: 'resuming goes on from the last checkpoint, with the same limit again',
    next: resume,
  },
  {
    class: 'preempted',
    code: 'R126',
    title: 'The attempt was asked to end, and not by lorch.',
    prose:
      'SIGTERM came from outside: the machine shut down, a batch system or a cloud took it back, or somebody used `kill`. The trainer saves a checkpoint when it is asked while training.',
    hint: 'resuming goes on from the last checkpoint',
    next: resume,
  },
  {
    class: 'loss-explosion',
    code: 'R129',
    title: 'The loss exploded.',
    prose:
      'The loss rose to several times its own median and stayed there, and `training.stop_on_loss_explosion` ended the attempt. Without that setting it is a warning (R184). Usual causes: a learning rate too high for the batch, no warmup, or rows of another kind late in the dataset.',
    hint: 'lower training.learning_rate or set max_grad_norm; then train again',
    next: (run) => `lorch show ${run}`,
    errors: ['R185'],
  },
  {
    class: 'hub',
    code: 'R190',
    title: 'The hub could not be reached.',
    prose:
      'The base model is not in the cache of the machine that trains, and the hub did not answer: no network, a proxy, a name that cannot be resolved, or an outage.',
    hint: 'check the network of the machine that trains; `lorch doctor` tries to reach the hub',
    next: resume,
    errors: ['R003'],
    log: /LocalEntryNotFoundError|Name or service not known|Temporary failure in name resolution/,
  },
  {
    class: 'disk-full',
    code: 'R111',
    title: 'There was no space left on the disk.',
    prose:
      'A checkpoint, the log or a cache could not be written. The last complete checkpoint is still good: free space and resume. `training.save_total_limit` bounds how many checkpoints stay.',
    hint: 'free space (`lorch rm` removes old runs), or lower training.save_total_limit',
    next: resume,
    errors: ['R004'],
    log: /No space left on device|Disk quota exceeded|ENOSPC/i,
  },
  {
    class: 'model-not-found',
    code: 'R112',
    title: 'The base model could not be found or fetched.',
    prose:
      'There is no such folder or hub model, its revision does not exist, it or is gated. The error event says which.',
    hint: 'check base_model: and revision:; a gated or private model needs `hf auth login` or HF_TOKEN',
    next: resume,
    errors: ['R001', 'R002', 'R008'],
    log: /RepositoryNotFoundError|GatedRepoError|RevisionNotFoundError|is not a valid model identifier/,
  },
  {
    class: 'bad-model',
    code: 'R113',
    title: 'The base model or an adapter could not be loaded.',
    prose:
      'A weights file is damaged, the architecture is unknown to the installed transformers, or the model needs code of its own that was not allowed.',
    hint: 'read the error; `lorch model show` checks a model without training',
    next: logs,
    errors: ['R006', 'R007', 'R009', 'R016'],
    log: /SafetensorError|does not recognize this architecture/,
  },
  {
    class: 'environment',
    code: 'R114',
    title: "The trainer's Python environment or the GPU driver is at fault.",
    prose:
      'A package is missing or does not work, or CUDA cannot be used: a driver too old for the PyTorch build, a GPU that fell off the bus. Nothing is wrong with the plan.',
    hint: '`lorch doctor` explains the environment, `lorch setup` repairs it',
    next: doctor,
    errors: ['R010', 'R015'],
    log: /ModuleNotFoundError|^ImportError|CUDA driver version is insufficient|no CUDA-capable device|CUDA error: (?!out of memory)|libcudart|NCCL error/,
  },
  {
    class: 'bad-data',
    code: 'R115',
    title: 'The plan or the prepared rows in the run folder are not what they should be.',
    prose:
      'The trainer compares each sequence file with the plan before it reads it, and a checkpoint with the plan it belongs to. A file is missing, damaged or changed, or comes from another version. lorch never trains on data that is not in the plan.',
    hint: 'train from the config again: it makes a new plan and prepares the rows anew',
    next: (run) => `lorch train runs/${run}/config.yaml`,
    errors: [
      'R011',
      'R012',
      'R020',
      'R021',
      'R025',
      'R029',
      'R041',
      'R042',
      'R181',
      'R183',
      'R050',
      'R072',
      'R074',
    ],
  },
  {
    class: 'bad-settings',
    code: 'R123',
    title: 'A library refused the settings, or they cannot do what they say.',
    prose:
      'PEFT, bitsandbytes, TRL or transformers refused a value or a combination, or lorch did because training would quietly have done something else. The message names the setting.',
    hint: 'change the setting that the message names, then train from the config again',
    next: (run) => `lorch show ${run}`,
    errors: ['R026', 'R027', 'R028', 'R033', 'R035', 'R038', 'R073', 'R187'],
  },
  {
    class: 'non-finite-loss',
    code: 'R116',
    title: 'The loss became NaN or infinite.',
    prose:
      'Training diverged. Usual causes: a learning rate too high for the batch, float16 without loss scaling, or rows that leave no trained token in a batch.',
    hint: 'lower training.learning_rate, use bfloat16 or float32, set max_grad_norm; then train again',
    next: (run) => `lorch show ${run}`,
    errors: ['R024'],
    log: /loss is (NaN|inf|not finite)/i,
  },
  {
    class: 'killed',
    code: 'R117',
    title: 'The trainer was killed from outside lorch.',
    prose:
      'SIGKILL came from outside lorch: mostly the kernel when the machine runs out of memory (`dmesg | grep -i oom` shows it), or a container or batch system at its limit.',
    hint: '`dmesg | grep -i oom` tells whether the kernel did it for lack of memory; then resume with a smaller batch or more memory',
    next: resume,
  },
  {
    class: 'not-started',
    code: 'R118',
    title: 'The trainer could not be started.',
    prose:
      'The interpreter could not be run, or the supervisor did not come up in several tries. Nothing was trained in this attempt.',
    hint: '`lorch doctor` checks the Python environment',
    next: doctor,
  },
  {
    class: 'ended-early',
    code: 'R119',
    title: 'The trainer ended without reporting that it was done.',
    prose:
      'It ended with exit code 0, yet its `end` event is missing, so nothing shows that training was complete. A library that calls `exit()` does this.',
    hint: 'read the end of the log; resuming goes on from the last checkpoint',
    next: resume,
  },
  {
    class: 'lost',
    code: 'R120',
    title: 'Trainer and supervisor have ended, and neither left a result.',
    prose:
      'The machine went down or both processes were killed at once. Every event written before is recorded, and the last complete checkpoint is good.',
    hint: 'resuming goes on from the last complete checkpoint',
    next: resume,
  },
  {
    class: 'reported',
    code: 'R121',
    title: 'The trainer reported an error of its own.',
    prose: 'The error event carries its own code; `lorch explain` knows it too.',
    hint: 'read the log for the whole story',
    next: logs,
  },
  {
    class: 'crash',
    code: 'R122',
    title: 'The trainer crashed.',
    prose:
      'It ended with an exit code or signal that it does not use, without an error event. The log holds the traceback; a segmentation fault points to a compiled library or the driver.',
    hint: 'read the traceback in the log',
    next: logs,
    errors: ['R099'],
  },
];

/** The rule of a class. */
export function ruleFor(name: FailureClass): FailureRule {
  const rule = failureRules.find((each) => each.class === name);
  if (!rule) throw new Error(`no failure rule for ${name}`);
  return rule;
}

/** The rule for the code of an error event. */
export function ruleForCode(code: string): FailureRule | undefined {
  return failureRules.find((rule) => rule.errors?.includes(code));
}

export const failureCodes: CodeDoc[] = failureRules.map((rule) => ({
  code: rule.code,
  name: rule.class,
  severity: 'error',
  title: rule.title,
  prose: `${rule.prose}\n\n${rule.hint[0]?.toUpperCase()}${rule.hint.slice(1)}.`,
}));
