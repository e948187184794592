import { z } from 'zod';
import { formats } from '../../dataset/formats/index.ts';
import { atLeastOne, count, field, optional, positive, section, text } from './field.ts';
import { chatRoles, formatMapping } from './format-mapping.ts';

const path = text
  .refine((value) => !/^(https?|s3|gs):\/\//.test(value), {
    message: 'this version reads local files and datasets of the hub',
    params: { code: 'C016', hint: 'download the file and name its path, or write hf://datasets/user/name' },
  })
  .refine((value) => value !== '-', {
    message: 'a config cannot read rows from stdin',
    params: { code: 'C016', hint: 'write the rows to a file and name its path' },
  });

/** Templates by name; anything else must be the path of a Jinja file. */
const templateNames = ['auto', 'model', 'chatml', 'alpaca'] as const;

const template = z.union([
  z.enum(templateNames),
  text.regex(/\.(jinja|jinja2|j2)$/, 'auto, model, chatml, alpaca or the path of a .jinja file'),
]);

const named = (...where: string[]): string[] =>
  formats.filter(({ inConfig }) => where.includes(inConfig)).map(({ name }) => name);

/** Of one source. `text` applies to a whole dataset: plain texts have no template, and rows are cut in another way. */
const format = z.union([z.enum(['auto', ...named('source')]), formatMapping]);

/** A larger weight is probably a typing error: a thousand copies of a row do not teach more than a hundred. */
const mostWeight = 1000;

const shared = {
  path: field(path, 'A file, a pattern, or hf://datasets/user/name[@revision][/file].'),
  limit: optional(
    atLeastOne,
    'Reads only this many rows from the start of each file. Later rows are not input and are in no ledger.',
  ),
  format: optional(format, 'The format of these rows. Default: `dataset.format`.'),
  template: optional(
    template,
    'The chat template of these rows. Default: `dataset.template`. The adapter is saved with `dataset.template`, and `template_kwargs` only apply to that one.',
  ),
};

const source = section(
  {
    ...shared,
    weight: optional(
      positive.max(mostWeight),
      'How many times an epoch feeds each training row: 2 feeds every row twice, 0.5 feeds a seeded half of them, 2.5 feeds each twice and half of them a third time. Default: 1. It applies to every file of a pattern.',
    ),
  },
  'Rows of one path, with their own settings.',
);

const heldSource = section(shared, 'Rows of one path, with their own settings.', {
  owned: {
    weight: 'remove it: each validation row is read once. Weights belong to sources of `dataset.train`',
  },
  removed: {},
  unsupported: {},
});

const entry = z.union([path, source]);
const entries = z.array(entry).min(1);
const sources = z.union([entry, entries]).transform((value) => (Array.isArray(value) ? value : [value]));
const heldEntries = z.array(z.union([path, heldSource])).min(1);
/** A mapping under `validation` is a fraction: sources with settings stand in a list. */
const heldSources = z
  .union([path, heldEntries])
  .transform((value) => (Array.isArray(value) ? value : [value]));

const fraction = section(
  {
    fraction: field(z.number().gt(0).lt(1), 'The share of rows held out, between 0 and 1.'),
    seed: field(
      count.default(42),
      'Chooses which rows. The split is by hash of seed and row, so that adding rows moves no other.',
    ),
    stratify: optional(
      text.regex(/^(length|label|source(:.+)?)$/, 'length, label, source or source:KEY'),
      'Hold out the share of each kind of row: by `length`, by `label` (the last answer), by `source` (a field of the row, else its file) or `source:KEY`.',
    ),
    group_by: optional(
      z.union([text, z.array(text).min(1)]).transform((value) => (Array.isArray(value) ? value : [value])),
      'A field of the rows, or a path such as `meta.user`, or a list: rows with the same value stay on one side, with their duplicates. `growing` keeps rows together whose conversations continue each other.',
    ),
  },
  'Rows held out from the training files.',
  {
    owned: {},
    removed: {},
    unsupported: {
      path: 'write sources with settings as a list: validation: [{ path: rows.jsonl, limit: 100 }]',
    },
  },
);

const near = section(
  {
    threshold: field(
      z.number().gt(0).max(1),
      'The least Jaccard similarity of the sets of word n-grams of two near-duplicates.',
    ),
    n: field(count.min(1).max(5).default(3), 'The number of words in an n-gram.'),
    action: field(
      z.enum(['by_class', 'drop', 'keep']).default('by_class'),
      '`by_class` drops rows whose prompt and answer another row has, and shows the others; `drop` drops all but one of a group; `keep` only shows.',
    ),
    keep: field(
      z.enum(['first', 'longest', 'best']).default('first'),
      'Which row of a group stays; `best` is the one with the fewest findings.',
    ),
  },
  'Near-duplicates among the rows, and between train and validation. A group is never on both sides of a split.',
);

const duplicates = section(
  {
    exact: field(
      z.enum(['drop', 'keep']).default('drop'),
      'Rows whose messages are the same, apart from white space that does not matter (D050): keep the first, or keep all.',
    ),
    near: optional(near, 'lorch looks for near-duplicates if this is set.'),
  },
  'What happens to duplicate rows.',
);

/** Without a config, its defaults are the limit. */
export const reviewSection = section(
  {
    min_rows: field(
      count.min(1).default(50),
      'Rows that a person must have read, of the random order that `lorch data review` shows. If a dataset has fewer rows, all of them must be read.',
    ),
    max_defect_rate: field(
      z.number().gt(0).max(1).default(0.1),
      'The limit: the share of defects that, with 95 % confidence, is not exceeded. 0 defects of 50 rows bound it at 5.8 %, 1 at 9.1 %, 2 at 12.1 %.',
    ),
  },
  'What a review by a person must show before a run may start. `lorch train --unreviewed "reason"` starts a run without it.',
);

// Must be a valid date.
function isDay(value: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const severity = z.enum(['off', 'note', 'warning', 'error']);

// The dataset folder knows the checks and thresholds; app/sources/choose-checks.ts combines both.
const checks = z.record(
  z.string(),
  z.union([severity, z.number(), z.record(z.string(), z.union([severity, z.number()]))]),
);

/** What `dataset.train_on` may name instead of roles. */
export const trainOnChoices = ['answers', 'all', 'last'] as const;

/** What may happen to rows longer than max_length. */
export const truncatePolicies = ['right', 'left', 'drop', 'refuse', 'split'] as const;

const roles = z
  .array(z.enum(chatRoles))
  .min(1)
  .refine((list) => new Set(list).size === list.length, { message: 'a role is listed twice' });

export const datasetSection = section(
  {
    train: field(
      sources,
      'The training rows: a file, a pattern (`data/*.jsonl`), `hf://datasets/user/name[@revision][/file]`, `{path, weight, limit, format, template}`, or a list of these. Relative to the workspace.',
    ),
    validation: optional(
      z.union([fraction, heldSources]),
      'The rows the validation loss is measured on: `{fraction, seed}` of the training rows, or sources of their own, as under `train`. Without it nothing is held out.',
    ),
    draw_seed: field(
      count.default(42),
      'Chooses the rows that a fractional weight feeds, by hash of seed and row. New rows do not change the draw of other rows, and a higher weight keeps the rows of a lower one.',
    ),
    format: field(
      z.union([z.enum(['auto', ...named('source', 'dataset')]), formatMapping]).default('auto'),
      'The format of the rows. `auto` detects it and says which one it found. `text` trains on whole texts, without a template, for continued pre-training; `auto` never chooses it. A mapping says what each field of the rows contains: see docs/formats.md.',
    ),
    template: field(
      template.default('auto'),
      "The chat template: `auto` and `model` take the model's own (`auto` refuses a model that has none), `chatml` and `alpaca` are built in (`alpaca` writes a row’s `input` under its own heading), and a path ending in .jinja names a file.",
    ),
    template_kwargs: optional(
      z.record(z.string(), z.json()),
      'Values for variables of the chat template, such as `{enable_thinking: false}`. Use the same at inference. A variable that the template does not read is an error (T022).',
    ),
    template_date: optional(
      text.refine(isDay, { message: 'a date such as 2026-01-31' }),
      'The date that the chat template takes for today, if it writes one (`strftime_now`, as in Llama 3.2 and gpt-oss). Default: the day of the plan, in UTC. The plan keeps it, so resumed runs and reruns are trained with the same date (T025).',
    ),
    train_on: field(
      z.union([z.enum(trainOnChoices), roles]).default('answers'),
      'Which tokens are trained on. `answers`: the assistant’s turns, each with its end of turn. `last`: only the last of them. `all`: every token of the row, headers and prompts included (axolotl’s train_on_inputs). A list of roles, such as [assistant, tool]: the turns of these roles; for a role other than the assistant, the content and the end of turn. A message with `train: false` or weight 0 is never trained on.',
    ),
    truncate: optional(
      z.enum(truncatePolicies),
      'What happens to rows longer than `training.max_length`. `right` (the default) cuts the end (T010, T011); `left` cuts the beginning, with the system prompt (T031); `drop` drops the row (T030); `refuse` refuses the plan and names the rows. `split` is only for `format: text`, and the default there: a text becomes several sequences with every token once.',
    ),
    on_error: field(
      z.enum(['refuse', 'drop']).default('refuse'),
      'What happens to rows with errors, including errors of the tokenisation: `refuse` refuses the plan; `drop` drops the rows, and the ledger names each one.',
    ),
    checks: optional(
      checks,
      'Settings of checks by code or name: `off`, a severity, or `{severity, threshold: number}`. They override those in the dataset’s own `.checks.yaml` and in `lorch.yaml`; see docs/data-check.md.',
    ),
    duplicates: field(duplicates.prefault({}), 'What happens to duplicate rows.'),
    review: field(reviewSection.prefault({}), 'What a review by a person must show before a run may start.'),
  },
  'The rows, and what is done to them before training.',
  {
    owned: {
      seed: 'write `dataset.validation.seed` for the split, `dataset.draw_seed` for weights, or `training.data_seed` for the order of rows',
      max_length: 'write `training.max_length`',
      packing: 'write `training.packing`',
    },
    removed: {},
    unsupported: {
      limit: 'it belongs to a source: train: [{ path: rows.jsonl, limit: 1000 }]',
      weight: 'it belongs to a source: train: [{ path: rows.jsonl, weight: 2 }]',
    },
  },
);

export type DatasetSection = z.output<typeof datasetSection>;

/** One source of `dataset.train` with its settings. */
export type SourceSettings = z.output<typeof source>;
