// Codes that the dataset folder throws as UserError if a request cannot be met. Codes of findings are in checks/.

import type { CodeDoc } from '../diagnostics/finding.ts';
import { listFormats } from './formats/index.ts';

export const datasetErrorCodes: CodeDoc[] = [
  {
    code: 'D045',
    name: 'preference-rows',
    severity: 'error',
    title: 'The dataset holds preference pairs.',
    prose:
      'Rows with a `chosen` and a `rejected` answer are checked, converted and reviewed like others. Training on them needs preference training, which this version does not do; to train on the chosen answers alone, write them as conversations: `lorch data convert … --to chatml --allow-loss`.',
  },
  {
    code: 'D080',
    name: 'no-mapping',
    severity: 'error',
    title: 'No mapping of fields could be found for the file.',
    prose:
      'lorch data mapping looks for a list of turns, a text with the turns written out, a prompt with an answer, and two compared answers, under any name and inside other objects. A mapping cannot read other rows: the message says what the rows look like and how to write them.',
  },
  {
    code: 'D090',
    name: 'no-such-file',
    severity: 'error',
    title: 'No file has that name or fits that pattern.',
    prose:
      'Dataset paths are relative to the workspace (or to the current folder outside one). Patterns take `*`, `**`, `?` and `{a,b}`. A folder is not read as a whole: name the files in it, for example `data/*.jsonl`.',
  },
  {
    code: 'D091',
    name: 'unreadable-file',
    severity: 'error',
    title: 'The file cannot be read.',
    prose: 'The system refused to open or read it: permissions, a broken disk, or a file that was removed.',
  },
  {
    code: 'D093',
    name: 'no-such-format',
    severity: 'error',
    title: 'There is no dataset format with that name.',
    prose: `Formats are ${listFormats('and')}; \`auto\` decides by the rows, and never takes text. A name that ends in .yaml is a file that maps the fields of the rows (docs/formats.md).`,
  },
  {
    code: 'D094',
    name: 'no-such-check',
    severity: 'error',
    title: 'A check setting names no check, or one that cannot be changed.',
    prose:
      'Settings name a check by its code or name and set it to off, note, warning or error. Checks without which a row cannot be used at all keep their severity.',
  },
  {
    code: 'D173',
    name: 'no-such-group',
    severity: 'error',
    title: 'No row has the field that rows are to be grouped by.',
    prose:
      '`group_by` names a field of the rows, or a path such as `meta.user`. Rows without a value are groups of their own; if no row has one, the name is wrong. `growing` is not a field: it groups rows whose conversations continue each other.',
  },
  {
    code: 'D206',
    name: 'nothing-to-check',
    severity: 'error',
    title: 'The options leave no check to run.',
    prose:
      '`--skip` or the settings remove every check that `--only` and `--group` select. lorch does not call an unchecked dataset ready.',
  },
  {
    code: 'D095',
    name: 'output-exists',
    severity: 'error',
    title: 'The output file already exists.',
    prose: 'Commands that write datasets never overwrite. Name another file, or remove the old one yourself.',
  },
  {
    code: 'D096',
    name: 'no-such-target',
    severity: 'error',
    title: 'Rows cannot be written in that format.',
    prose: `Rows are written as ${listFormats('or')}, in JSON lines or in an array if the name ends in .json. A mapping of fields (a .yaml file), CSV, Parquet, gzip and zstd are read only.`,
  },
  {
    code: 'D097',
    name: 'no-room',
    severity: 'error',
    title: 'Rows could not be put on disk to be read.',
    prose:
      'Parquet is read from its end, so Parquet on stdin or inside .gz or .zst is first written to a temporary file (in `TMPDIR`, else /tmp), which is removed when the command ends. Datasets of the hub are kept in the user cache (`XDG_CACHE_HOME`, else ~/.cache). One of these folders is full or cannot be written.',
  },
  {
    code: 'D098',
    name: 'two-roles',
    severity: 'error',
    title: 'A file is both trained on and validated on.',
    prose:
      'A pattern under `dataset.train` also fits a file of `dataset.validation`. lorch does not guess which one you mean, because a validation loss on training rows is meaningless.',
  },
  {
    code: 'D165',
    name: 'no-such-similarity',
    severity: 'error',
    title: 'The similarity is not a Jaccard similarity.',
    prose:
      'Near-duplicates are pairs of rows whose sets of word n-grams have a Jaccard similarity (shared ÷ distinct) of at least a number above 0 and at most 1. Short rows need less than web pages: with 3-grams .8 finds about half of the copies with one word in twenty edited, .6 nearly all.',
  },
  {
    code: 'D166',
    name: 'no-undo-file',
    severity: 'error',
    title: 'The file is not an undo file of `lorch data dedup`, or part of it is missing.',
    prose:
      '`lorch data dedup -o OUT` writes `OUT.undo.jsonl`: each dropped row with its number and its text, and a last line that says which file they were dropped from.',
  },
  {
    code: 'D167',
    name: 'deduplicated-file-changed',
    severity: 'error',
    title: 'The deduplicated file has changed since it was written.',
    prose:
      'Dropped rows are restored by their number, which is wrong in an edited file. The undo file holds each dropped row as text, so you can copy them back by hand.',
  },
  {
    code: 'D168',
    name: 'row-not-copied',
    severity: 'error',
    title: 'A row cannot be written unchanged.',
    prose:
      'Commands that write part of a dataset keep the text of each row. A row with broken UTF-8, or over 50 MB, would not be the same afterwards, so nothing is written.',
  },
  {
    code: 'D169',
    name: 'too-many-pairs',
    severity: 'error',
    title: 'The list of near-duplicate pairs would be too long to print.',
    prose:
      'A thousand equal rows are half a million pairs. The report without `--json` counts them all; with `-o` the duplicates are dropped, and what is left has fewer pairs.',
  },
  {
    code: 'D190',
    name: 'no-such-hub-dataset',
    severity: 'error',
    title: 'The hub has no such dataset, or does not show it to you.',
    prose:
      'Datasets are named `hf://datasets/user/name`. Private ones need a token: `HF_TOKEN`, or the login of `hf auth login`.',
  },
  {
    code: 'D191',
    name: 'gated-dataset',
    severity: 'error',
    title: 'The dataset is gated.',
    prose:
      'Its page asks for terms to be accepted. Accept them with your account, then give a token that may read gated repositories (`HF_TOKEN`, or `hf auth login`).',
  },
  {
    code: 'D192',
    name: 'no-such-dataset-revision',
    severity: 'error',
    title: 'The dataset has no such branch, tag or commit.',
    prose: 'Write a branch, a tag or a whole commit hash after `@`: `hf://datasets/user/name@v1.0`.',
  },
  {
    code: 'D193',
    name: 'no-such-dataset-file',
    severity: 'error',
    title: 'It is not clear which file of the dataset you mean.',
    prose:
      'If no file is named, lorch takes the only data file, or the files of the train split by their usual names (`train.jsonl`, `data/train-00000-of-00003.parquet`). Otherwise the message lists the data files there are: name one, or a pattern (`hf://datasets/user/name/data/*.parquet`).',
  },
  {
    code: 'D194',
    name: 'malformed-dataset-name',
    severity: 'error',
    title: 'The name does not name a dataset of the hub.',
    prose:
      'Write `hf://datasets/user/name`, then `@revision` and `/file` if you need them. Write a slash inside a branch name as `%2F`, except in `refs/convert/parquet` and `refs/pr/N`.',
  },
  {
    code: 'D195',
    name: 'no-such-strata',
    severity: 'error',
    title: 'Rows cannot be told apart by that name.',
    prose:
      'A split is stratified by length, label, source, or `source:KEY` for a field of the row; a sample by length, source or finding.',
  },
  {
    code: 'D196',
    name: 'formats-differ',
    severity: 'error',
    title: 'The files have different formats, and their rows would go into one file.',
    prose:
      'Rows are written unchanged, and a file is read as one format. Bring the files into one with `lorch data convert` first.',
  },
  {
    code: 'D197',
    name: 'lineage-unreadable',
    severity: 'error',
    title: 'A lineage record cannot be read.',
    prose:
      '`FILE.lineage.json` beside a dataset says what it was made from. This one is damaged, or written by a later version of lorch.',
  },
  {
    code: 'D198',
    name: 'baseline-unreadable',
    severity: 'error',
    title: 'The baseline cannot be read.',
    prose:
      'A baseline holds the findings that were accepted, one line for each row and check; `lorch data check --write-baseline FILE` writes it. Lines of two baselines may be joined in one file; anything else in it is refused, so that no finding is hidden by accident.',
  },
  {
    code: 'D199',
    name: 'fixes-not-written',
    severity: 'error',
    title: 'Fixes cannot be written into a copy of this source.',
    prose:
      '`--fix -o OUT` copies one JSONL file or JSON array byte for byte, except for the characters that are fixed. So the copy is a file of the same kind, and OUT needs the same ending. Stdin and several files at once cannot be copied; convert other kinds of files first.',
  },
  {
    code: 'D208',
    name: 'not-drawn',
    severity: 'note',
    title: 'The weight of the source skips the row.',
    prose:
      'A source with `weight: 0.5` feeds half of its training rows. A hash of `dataset.draw_seed` and the row decides which half, so new rows do not change the draw of other rows, and a higher weight keeps the rows of a lower one. The ledger names every row. Validation rows are split off before.',
  },
  {
    code: 'D209',
    name: 'source-named-twice',
    severity: 'error',
    title: 'Two sources with different settings name one file.',
    prose:
      'A pattern such as `data/*.jsonl` and a path such as `data/a.jsonl` both match the file, and differ in weight, limit, format or template. lorch does not guess which one you mean. Narrow the pattern, or give both the same settings.',
  },
];
