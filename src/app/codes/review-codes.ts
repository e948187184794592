// Every V code: reviews of datasets, and the launch gate.
import type { CodeDoc } from '../../diagnostics/finding.ts';

const error = (code: string, name: string, title: string, prose: string): CodeDoc => ({
  code,
  name,
  severity: 'error',
  title,
  prose,
});

export const reviewCodes: CodeDoc[] = [
  error(
    'V001',
    'no-terminal',
    'An interactive review needs a terminal.',
    'Input or output is a pipe or a file. `--export rows.csv` writes the same rows as a sheet, `--import rows.csv --reviewer NAME` reads the verdicts back; `--status` needs no terminal.',
  ),
  error(
    'V002',
    'review-needs-a-file',
    'The rows come from a pipe, or from the hub.',
    'Verdicts are kept in `<dataset>.review.jsonl` beside the dataset, so the dataset must be a local file. `lorch data convert` writes one.',
  ),
  error(
    'V003',
    'nothing-to-review',
    'The dataset has no row to read.',
    'Every row has an error finding, or there is none. `lorch data check` names each.',
  ),
  error(
    'V004',
    'review-log-damaged',
    'A line of a review log cannot be read.',
    'A line that cannot be read could be a rejected row, so no verdict of the log counts until it is fixed. After a git merge, keep the lines of both sides and remove the conflict marks; their order does not matter. `*.review.jsonl merge=union` in .gitattributes does that for you. A last line that was cut off by a crash is ignored.',
  ),
  error(
    'V005',
    'review-log-too-new',
    'The review log was written by a newer lorch.',
    'Its lines have a version that this lorch does not know. Use the newer one.',
  ),
  error(
    'V006',
    'no-reviewer',
    'A verdict needs the name of who gave it.',
    'Neither `--reviewer` nor the environment (USER, LOGNAME) gives one.',
  ),
  error(
    'V007',
    'import-refused',
    'A filled review sheet has lines that cannot be imported.',
    'Each bad line is named with its reason, and nothing was imported. `verdict` is accept, reject, edit or skip; a rejected row has one of the reasons duplicate, too-generic, inconsistent-format, wrong, unsafe, truncated, other; an edit carries the new row as JSON. Lines without a verdict are left for later.',
  ),
  error(
    'V008',
    'no-review-yet',
    'Nobody has read a row of this dataset.',
    'There is no `<dataset>.review.jsonl` beside it. `lorch data review DATASET` starts one.',
  ),
  error(
    'V009',
    'not-a-sheet',
    'A review sheet is .csv or .jsonl.',
    'The ending of the file name says which one it is.',
  ),
  error(
    'V010',
    'disputes-open',
    'Reviewers differ on rows, and these rows are not settled.',
    'A new version of the dataset needs a decision on every row. `lorch data review DATASET --settle` shows the disputed rows with the verdicts of each reviewer.',
  ),
  error(
    'V011',
    'not-a-dataset-name',
    'A new version is written as .jsonl or .json.',
    'The ending of the name after `-o` says which: .jsonl for JSON lines, .json for one array.',
  ),
  error(
    'V012',
    'dataset-changed-meanwhile',
    'The dataset changed while it was read.',
    'Rows that were there in the first pass are gone in the second. Start again; verdicts that were given are kept.',
  ),
  error(
    'V020',
    'no-review',
    'No person has reviewed the rows that are to be trained on.',
    '`lorch train` needs a review by a person. Read at least `dataset.review.min_rows` random rows with `lorch data review DATASET`, or say why that is not needed with `--unreviewed "reason"`, which stays with the run.',
  ),
  error(
    'V021',
    'review-not-passed',
    'The review does not show that the dataset is good enough.',
    'Too few rows were read, or too many were rejected, edited or disputed: the share of bad rows that cannot be ruled out (one-sided, 95 %) is above `dataset.review.max_defect_rate`. Read more rows; if they are clean the bound falls. If they are not, fix the dataset and review the new version. docs/review.md has the rule.',
  ),
  error(
    'V022',
    'rows-not-covered',
    'Some rows to train on are in no reviewed version.',
    'A review covers the rows of the dataset version it drew from, without the rejected rows and with its edits. Other rows are not covered: `lorch data review DATASET` draws from the dataset as it is now. Rows that were read before keep their verdicts.',
  ),
  error(
    'V040',
    'rejected-by-reviewer',
    'A reviewer rejected the row.',
    'The new version of the dataset does not have it; the ledger line has the reason.',
  ),
  {
    code: 'V041',
    name: 'edited-by-reviewer',
    severity: 'note',
    title: 'A reviewer edited the row.',
    prose: 'The new version of the dataset has the edited row; the ledger line has the fingerprints of both.',
  },
];
