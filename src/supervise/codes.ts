// Codes of supervision: R052–R054 damaged run folders, R100–R109 findings about what a trainer wrote, R130–R139 starting, U103–U109 asking for what a
// run's state does not allow. The classes of failure (R110–R129, R190) are in run/failure-rules.ts.
import type { CodeDoc } from '../diagnostics/finding.ts';

export const superviseCodes: CodeDoc[] = [
  {
    code: 'R100',
    name: 'unreadable-event',
    severity: 'warning',
    title: 'Lines of events.jsonl could not be read.',
    prose:
      'Each line is one JSON object of the protocol (docs/protocol.md). Lines that are not are counted and skipped: something else wrote into the file, the disk was full in the middle of a line, or trainer and controller come from different versions. The file itself is never changed.',
  },
  {
    code: 'R101',
    name: 'torn-event',
    severity: 'note',
    title: 'The last line of events.jsonl is cut off.',
    prose:
      'The trainer ended while it wrote the line. Every line before it is on record; a resumed attempt writes the same steps again.',
  },
  {
    code: 'R106',
    name: 'repeated-event',
    severity: 'error',
    title: 'Event numbers go back within one attempt.',
    prose:
      'Each event of an attempt carries a number one higher than the last. A repeated number means that two trainers wrote the same file, or that the file was edited.',
  },
  {
    code: 'R107',
    name: 'folder-skipped',
    severity: 'warning',
    title: 'A folder among the runs was not added to the index.',
    prose:
      'A run folder holds plan.json, and run.json with the id that is its own name. A copy of a run under another name, or a folder whose planning was interrupted, is skipped.',
  },
  {
    code: 'R108',
    name: 'record-lost',
    severity: 'warning',
    title: 'A run folder has no readable run.json.',
    prose:
      'Name and time were taken from the plan. Notes and tags in run.json are lost; everything else comes from the other files.',
  },
  {
    code: 'R052',
    name: 'run-file-damaged',
    severity: 'warning',
    title: 'A file of a run folder is damaged.',
    prose:
      'It is cut off, empty, too large, not the JSON that it should be, written by a later version, or it is a folder, a link or a pipe. lorch reads the state of the run from the other files. No other run is affected.',
  },
  {
    code: 'R053',
    name: 'folder-not-read',
    severity: 'warning',
    title: 'A run folder could not be added to the index.',
    prose:
      'The message says why. The index keeps its last state of the run, and all other runs are added. `lorch rm` removes the run.',
  },
  {
    code: 'R054',
    name: 'run-file-missing',
    severity: 'error',
    title: 'A command needs a file of a run folder that is missing or damaged.',
    prose: 'The message names the file. Train from the config again, or remove the run with `lorch rm`.',
  },
  {
    code: 'R130',
    name: 'host-not-known',
    severity: 'error',
    title: 'This version of lorch has no host or scheduler of that name.',
    prose:
      '`resources.host` of the plan names the host that executes the run, and the host names its scheduler. Another version of lorch may have made this run folder. Set `resources.host` in the config and train again.',
  },
  {
    code: 'R131',
    name: 'interpreter-not-startable',
    severity: 'error',
    title: 'The Python interpreter could not be started.',
    prose:
      'The file is missing, is not executable, or was removed after it was checked. `lorch doctor` shows which interpreter is used and why; `lorch setup` repairs the managed environment.',
  },
  {
    code: 'R132',
    name: 'no-plan',
    severity: 'error',
    title: 'The run folder has no readable plan.',
    prose:
      'A run is the execution of its plan.json. Without it the run can neither be started nor resumed: train from the config again.',
  },
  {
    code: 'R133',
    name: 'code-not-trusted',
    severity: 'error',
    title: 'The run would execute code of a model that you have not allowed.',
    prose:
      'With `model.trust_remote_code: true`, the Python files that come with the base model are executed. `lorch train` takes that from your config. A run folder that was copied here, moved, or made by somebody else does not allow that: `resume`, `rerun`, `try` and `merge` refuse it until you say `--trust-remote-code`. Read the `.py` files of the model first. What you allow holds for this run and this model, and is written to your cache folder, not to the run.',
  },
  {
    code: 'R134',
    name: 'file-changed-on-its-way',
    severity: 'error',
    title: 'A file of a run has other bytes than expected.',
    prose:
      'lorch copies files between this machine and a host only if their SHA-256 is as expected; the copy was not made. Another process may have written the file, or a disk is failing. Try again; if it stays, train from the config again.',
  },
  {
    code: 'U103',
    name: 'run-under-way',
    severity: 'error',
    title: 'The run is under way.',
    prose:
      'A run has one attempt at a time. Follow it with `lorch logs RUN -f`, or stop it first with `lorch stop RUN`.',
  },
  {
    code: 'U104',
    name: 'run-not-running',
    severity: 'error',
    title: 'The run is not running.',
    prose:
      'Only a run that is queued, launching, running or stopping can be stopped. `lorch runs` shows the status of each.',
  },
  {
    code: 'U105',
    name: 'nothing-to-resume',
    severity: 'error',
    title: 'The run has succeeded; there is nothing to resume.',
    prose: '`lorch rerun RUN` starts a new run from the same plan.',
  },
  {
    code: 'U106',
    name: 'bad-filter',
    severity: 'error',
    title: 'A condition on settings cannot be read.',
    prose:
      "`--where` takes a dotted path of the plan, one of `= != < <= > >=`, and a value: `--where 'lora.r>=16'`. Quote it, or the shell takes `>` for itself.",
  },
  {
    code: 'U107',
    name: 'no-such-setting',
    severity: 'error',
    title: 'No run has a setting of this name.',
    prose:
      'Settings are named as in plan.json, by dotted path: `lora.r`, `training.learning_rate`, `base_model.id`.',
  },
  {
    code: 'U108',
    name: 'run-in-use',
    severity: 'error',
    title: 'A run that is under way cannot be removed.',
    prose: 'Stop it first with `lorch stop RUN`; it saves a checkpoint. `--force` kills it at once.',
  },
  {
    code: 'U109',
    name: 'no-such-attempt',
    severity: 'error',
    title: 'The run has no such attempt.',
    prose: 'Attempts count from 1; `lorch show RUN` lists them. A queued run has none yet.',
  },
  {
    code: 'U120',
    name: 'not-confirmed',
    severity: 'error',
    title: 'Removing runs needs a confirmation.',
    prose: 'Without a terminal to ask on, `lorch rm` removes nothing unless `--yes` is given.',
  },
  {
    code: 'R189',
    name: 'allowed-for-one-run',
    severity: 'error',
    title: '`--allow-changed` was given for a sweep or for a run that waits.',
    prose:
      'The reason belongs to one attempt of one run, which starts at once. What has changed may be something else when a run that waits gets its turn.',
  },
];
