// Codes raised by use cases: P planning, R15x run folders, U1xx usage of runs.
import type { CodeDoc } from '../../diagnostics/finding.ts';

export const appCodes: CodeDoc[] = [
  {
    code: 'P001',
    name: 'plan-has-errors',
    severity: 'error',
    title: 'The plan has findings of severity error, so nothing was launched.',
    prose:
      'Each error is shown above with its place and hint. `lorch plan CONFIG` shows the same without launching.',
  },
  {
    code: 'P002',
    name: 'rows-have-errors',
    severity: 'error',
    title: 'Rows of the dataset have errors and `dataset.on_error` is `refuse`.',
    prose:
      'lorch never drops a row unless the config says so. Fix the rows that the message names, or set `dataset.on_error: drop`: lorch then drops them, and the ledger names each with its code. This includes rows that the tokenisation cannot train on (T005 to T012); `lorch data check --tokenizer MODEL` finds them. With `dataset.truncate: refuse`, lorch also refuses the plan if a row is longer than max_length.',
  },
  {
    code: 'P004',
    name: 'rows-dropped',
    severity: 'warning',
    title: 'Rows leave the dataset because the config says so.',
    prose:
      'Errors, exact duplicates and rows without a trained token are dropped with their code; `ledger.jsonl.gz` in the run folder names each.',
  },
  {
    code: 'P005',
    name: 'no-validation-rows',
    severity: 'note',
    title: 'The run validates on nothing.',
    prose:
      'Without validation rows there is no validation loss, no best checkpoint, and no rows for `lorch try` to ask. Set `dataset.validation`.',
  },
  {
    code: 'P006',
    name: 'parameters-unknown',
    severity: 'note',
    title: 'The parameters could not be counted before launch.',
    prose:
      'The architecture is not one whose shapes lorch derives. The trainer counts them on the loaded model.',
  },
  {
    code: 'P007',
    name: 'disk-too-small',
    severity: 'error',
    title: 'The run will not fit on the disk.',
    prose:
      'Checkpoints × size exceed the free space on the disk of the run folder. Lower `training.save_total_limit`, or free space.',
  },
  {
    code: 'P020',
    name: 'memory-too-small',
    severity: 'error',
    title: 'The weights, adapters and optimizer alone exceed the memory of the GPU.',
    prose:
      'These parts are sums of known sizes, before a single token is computed: the run would fail at once. The plan shows the cheapest changes that would make it fit.',
  },
  {
    code: 'P021',
    name: 'memory-tight',
    severity: 'warning',
    title: 'The run may run out of memory on this GPU.',
    prose:
      'Most published measurements are within 20 % of the forecast. Its upper end, or all of it, is above the memory of the GPU. The plan shows the cheapest changes, each with its effect.',
  },
  {
    code: 'P022',
    name: 'never-evaluated',
    severity: 'warning',
    title: 'There are validation rows, and the run ends before its first evaluation.',
    prose:
      '`training.eval_delay` is beyond the last step or epoch. This is an error if a setting needs an evaluation: `load_best_model_at_end`, `save_strategy: best` or early stopping.',
  },
  {
    code: 'P023',
    name: 'too-few-evaluations',
    severity: 'warning',
    title: 'The run is evaluated too rarely for these settings.',
    prose:
      '`training.eval_steps` is more than the steps of the run, so the run is evaluated once, after its last step. Or `early_stopping_patience` is so large that the run ends before it can stop early. Evaluate more often.',
  },
  {
    code: 'P024',
    name: 'warm-up-never-ends',
    severity: 'warning',
    title: 'The learning rate never reaches its peak.',
    prose:
      'The warm-up is at least as long as the run, so every step trains with a lower rate than `learning_rate`. Lower `training.warmup_steps`, or write it as a share of all steps.',
  },
  {
    code: 'P040',
    name: 'accepted-did-not-arise',
    severity: 'note',
    title: 'The config accepts a finding that the plan does not have.',
    prose:
      'No run of this config has the finding that `accept` names. Remove the line: it would hide the finding if it came back for another reason.',
  },
  {
    code: 'P008',
    name: 'not-reviewed',
    severity: 'note',
    title: 'No person has reviewed the rows.',
    prose:
      'At least 50 random rows should be read before a launch. `--unreviewed "reason"` records why they were not.',
  },
  {
    code: 'P009',
    name: 'template-unreadable',
    severity: 'error',
    title: 'The chat template file cannot be read.',
    prose:
      '`dataset.template` is `auto`, `model`, `chatml`, `alpaca`, or the path of a Jinja file relative to the workspace.',
  },
  {
    code: 'P010',
    name: 'base-without-weights',
    severity: 'error',
    title: '`base_model` names a config.json.',
    prose: 'Parameters can be counted from a config alone; training needs the weights.',
  },
  {
    code: 'P050',
    name: 'init-adapter-not-found',
    severity: 'error',
    title: '`init_adapter` names nothing, or two things.',
    prose:
      'It must name a run (id, unique start of an id, name, `@last`), a folder (absolute, or relative to the workspace), or `user/name[@revision]` on the hub. If a folder and a run have the same name, write `./NAME` for the folder or the id of the run.',
  },
  {
    code: 'P051',
    name: 'init-adapter-unfinished',
    severity: 'error',
    title: '`init_adapter` names a run without a finished adapter.',
    prose:
      'A run saves its adapter when it succeeds. Resume the stopped or failed run, or name the folder of one of its checkpoints as `init_adapter`.',
  },
  {
    code: 'P052',
    name: 'init-adapter-refused',
    severity: 'error',
    title: 'lorch cannot start from this adapter.',
    prose:
      'lorch takes LoRA adapters of PEFT for causal language models, with weights in adapter_model.safetensors. It never opens pickled weights. It refuses adapters that changed the base when they started (PiSSA, OLoRA, LoftQ …) and adapters that use parts of LoraConfig that lorch does not train, because the adapter would compute something else than before.',
  },
  {
    code: 'P053',
    name: 'init-adapter-other-base',
    severity: 'error',
    title: '`init_adapter` was trained on another base model.',
    prose:
      'The shapes of its weights, or the SHA-256 of the config.json of its base, differ from `base_model`. An adapter only works on the model that it was trained on. An adapter of a run with `mode: fuse` fits only the fused model: merge it first.',
  },
  {
    code: 'P054',
    name: 'init-adapter-base-name',
    severity: 'warning',
    title: 'The base of `init_adapter` has another name than `base_model`.',
    prose:
      'The shapes fit. The two can be the same model under two names, for example a copy in another folder. They can also be different models: a base and its instruct version have the same shapes. Check the first loss: it should equal the last loss of the adapter.',
  },
  {
    code: 'P055',
    name: 'init-adapter-unknown-field',
    severity: 'warning',
    title: 'adapter_config.json of `init_adapter` has fields that lorch does not know.',
    prose: 'A newer version of PEFT wrote it. lorch ignores these fields.',
  },
  {
    code: 'P056',
    name: 'init-adapter-not-fusible',
    severity: 'error',
    title: '`init_adapter` cannot be fused into the base model.',
    prose:
      'Fusing adds the adapter to the weights of the base. That is impossible if the adapter has a bias that the base does not have. It would make two of an embedding that is also the output head. In quantized weights, rounding would lose most of the adapter.',
  },
  {
    code: 'P013',
    name: 'package-missing',
    severity: 'error',
    title: 'A setting needs a Python package that the trainer does not have.',
    prose:
      'Some optimizers, Liger kernels, FlashAttention and the trackers of `report_to` need separate packages. `lorch setup` does not install them: kernels depend on the GPU and on the CUDA version, and trackers are a choice of yours. The plan imports them in the environment that will train. Install the package there with pip. To use your own environment, set `python:` in lorch.yaml or `--python`.',
  },
  {
    code: 'R150',
    name: 'ledger-unreadable',
    severity: 'error',
    title: 'The ledger of a run folder is missing or damaged.',
    prose:
      'If two runs trained on different rows, `lorch compare` counts the differences by the fingerprints in `ledger.jsonl.gz`; `lorch rerun` asks the review gate for these rows. `lorch show` does not need the file.',
  },
  {
    code: 'R151',
    name: 'plan-unreadable',
    severity: 'error',
    title: 'The plan of a run folder is missing or damaged.',
    prose: 'Every command on a run reads its `plan.json`.',
  },
  {
    code: 'R152',
    name: 'no-adapter',
    severity: 'error',
    title: 'The run has no adapter.',
    prose: 'The adapter is saved when a run succeeds. A stopped run can be resumed.',
  },
  {
    code: 'R153',
    name: 'nothing-to-ask',
    severity: 'error',
    title: 'The run has no held-out rows, and no prompt was given.',
    prose: '`lorch try` asks held-out rows, or the questions given with `--prompt`.',
  },
  {
    code: 'R154',
    name: 'merge-target-exists',
    severity: 'error',
    title: 'The folder for the merged model exists.',
    prose: 'lorch never overwrites a model.',
  },
  {
    code: 'R155',
    name: 'prepared-rows-lost',
    severity: 'error',
    title: 'The prepared rows of a run are gone.',
    prose: '`lorch rerun` trains on exactly the rows of the first run, which are in its `data/` folder.',
  },
  {
    code: 'R156',
    name: 'merge-disk-too-small',
    severity: 'error',
    title: 'The disk has too little space for the merged model.',
    prose:
      'A merged model is as large as its base without quantization: parameters times the bytes of one. The plan of the run says how much that is.',
  },
  {
    code: 'E053',
    name: 'file-not-usable',
    severity: 'error',
    title: 'The system refused a call on a file.',
    prose:
      'The disk is full, read-only or failing, the quota is used up, too many files are open, or the file belongs to somebody else. The message names the file if the system does. Unfinished files are removed, and running runs continue.',
  },
  {
    code: 'U100',
    name: 'no-workspace',
    severity: 'error',
    title: 'The command needs a workspace, and there is none here.',
    prose:
      'A workspace is the nearest folder, going up, with a `lorch.yaml`. `lorch init` makes one; data and model commands work without one.',
  },
  {
    code: 'U110',
    name: 'too-few-runs',
    severity: 'error',
    title: 'A comparison needs two different runs.',
    prose: 'Name them by id, the beginning of an id, name (its latest run), or `@last`.',
  },
  {
    code: 'U111',
    name: 'empty-reason',
    severity: 'error',
    title: '`--unreviewed` or `--allow-changed` was given without a reason.',
    prose: 'The reason stays with the run, so it must not be empty.',
  },
  {
    code: 'U112',
    name: 'detached-sweep',
    severity: 'error',
    title: 'A sweep cannot be detached.',
    prose:
      'Its plans run one after another, which needs a process that starts the next one. With `lorch train CONFIG --queue`, the dispatcher is that process.',
  },
  {
    code: 'U113',
    name: 'unknown-code',
    severity: 'error',
    title: 'This code does not exist.',
    prose: '`lorch explain` without a code lists them all.',
  },
  {
    code: 'U123',
    name: 'system-without-template',
    severity: 'error',
    title: 'A run on plain texts got a system message.',
    prose:
      'Runs with `dataset.format: text` use no chat template, so they have no messages. `--prompt` is the beginning of a text.',
  },
  {
    code: 'U121',
    name: 'not-a-folder',
    severity: 'error',
    title: '`lorch init` was given a file.',
    prose: 'Name a folder, new or existing; without one, the current folder becomes the workspace.',
  },
  {
    code: 'U122',
    name: 'model-folder-in-use',
    severity: 'error',
    title: 'The folder for a tiny model is not empty.',
    prose: '`lorch model tiny` writes into an empty or new folder; `--force` writes over what is there.',
  },
];
