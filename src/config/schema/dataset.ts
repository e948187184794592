import { z } from 'zod';
import { count, field, optional, section, text } from './field.ts';
import { formatMapping } from './format-mapping.ts';

const path = text
  .refine((value) => !/^(hf|https?|s3|gs):\/\//.test(value), {
    message: 'this version reads local files only',
    params: { code: 'C016', hint: 'download the file and name its path' },
  })
  .refine((value) => !/[*?[\]]/.test(value), {
    message: 'this version takes no patterns',
    params: { code: 'C016', hint: 'list the files: [datasets/a.jsonl, datasets/b.jsonl]' },
  });

const paths = z
  .union([path, z.array(path).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const fraction = section(
  {
    fraction: field(z.number().gt(0).lt(1), 'The share of rows held out, between 0 and 1.'),
    seed: field(
      count.default(42),
      'Chooses which rows. The split is by hash of seed and row, so that adding rows moves no other.',
    ),
  },
  'Rows held out from the training files.',
);

const duplicates = section(
  {
    exact: field(
      z.enum(['drop', 'keep']).default('drop'),
      'Rows whose messages are the same after normalising white space: keep the first, or keep all.',
    ),
  },
  'What happens to duplicate rows.',
  { owned: {}, removed: {}, unsupported: { near: 'near duplicates are found by a later version' } },
);

const review = section(
  {
    min_rows: field(
      count.min(1).default(50),
      'Rows that a person must have read, of the random order that `lorch data review` shows. A dataset with fewer rows is read whole.',
    ),
    max_defect_rate: field(
      z.number().gt(0).max(1).default(0.1),
      'The limit: the share of defects that, with 95 % confidence, is not exceeded. 0 defects of 50 rows bound it at 5.8 %, 1 at 9.1 %, 2 at 12.1 %.',
    ),
  },
  'What a review by a person must show before a run may start. `lorch train --unreviewed "reason"` passes it by.',
);

/** Answers that are templates by name; anything else must be the path of a Jinja file. */
export const templateNames = ['auto', 'model', 'chatml', 'alpaca'] as const;

export const datasetSection = section(
  {
    train: field(paths, 'The training rows: a file, or a list of files. Relative to the workspace.'),
    validation: optional(
      z.union([fraction, paths]),
      'The rows the validation loss is measured on: `{fraction, seed}` of the training rows, or files of their own. Without it nothing is held out.',
    ),
    format: field(
      z
        .union([z.enum(['auto', 'alpaca', 'chatml', 'chatml-text', 'sharegpt']), formatMapping])
        .default('auto'),
      'The format of the rows. `auto` detects it and says which it took. A mapping says which field of the rows holds what: see docs/formats.md.',
    ),
    template: field(
      z
        .union([
          z.enum(templateNames),
          text.regex(/\.(jinja|jinja2|j2)$/, 'auto, model, chatml, alpaca or the path of a .jinja file'),
        ])
        .default('auto'),
      "The chat template: `auto` and `model` take the model's own (`auto` refuses a model that has none), `chatml` and `alpaca` are built in, and a path ending in .jinja names a file.",
    ),
    on_error: field(
      z.enum(['refuse', 'drop']).default('refuse'),
      'Rows with error findings: refuse to plan, or drop them; the ledger names every one.',
    ),
    duplicates: field(duplicates.prefault({}), 'What happens to duplicate rows.'),
    review: field(review.prefault({}), 'What a review by a person must show before a run may start.'),
  },
  'The rows, and what is done to them before training.',
  {
    owned: {
      seed: 'the split has its own: `dataset.validation.seed`; the order of rows follows `training.data_seed`',
      max_length: 'write `training.max_length`',
      packing: 'write `training.packing`',
    },
    removed: {},
    unsupported: {
      limit: 'take a subset with `lorch data` first, and name its file',
      weight: 'every row counts once',
    },
  },
);

export type DatasetSection = z.output<typeof datasetSection>;
