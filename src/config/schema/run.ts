// The whole config. Sections stand in files of their own.
import { z } from 'zod';
import { datasetSection } from './dataset.ts';
import { field, optional, section, text } from './field.ts';
import { initAdapter } from './init-adapter.ts';
import { loraSection } from './lora.ts';
import { method, methods } from './method.ts';
import { modelSection } from './model.ts';
import { quantizationSection } from './quantization.ts';
import { resourcesSection } from './resources.ts';
import { retrySection } from './retry.ts';
import { sweepSection } from './sweep.ts';
import { tokenizerSection } from './tokenizer.ts';
import { trainingSection } from './training.ts';

const runName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'letters, digits, dots, dashes and underscores, beginning with a letter or digit',
  )
  .max(80);

const reason = z.string().refine((text) => text.trim() !== '', {
  error: 'the reason is empty',
  params: { code: 'C030', hint: 'give the reason; plan.json keeps it' },
});

/** What is left of a config when `extends` and `sweep` are resolved. */
export const runShape = {
  name: field(runName, 'The name of the run: part of its id, and what `lorch show` finds its latest run by.'),
  base_model: field(
    text,
    'The base model: a hub id such as meta-llama/Llama-3.1-8B, or a folder relative to the workspace.',
  ),
  revision: optional(text, 'Pins the base model to a branch, tag or commit of its repository.'),
  init_adapter: optional(
    initAdapter,
    'The adapter to start from: a run, a folder or a hub id, or `{ from, mode: continue | fuse }`. It must have been trained on this base model (docs/init-adapter.md).',
  ),
  method: field(
    method,
    `What is learned: ${Object.entries(methods)
      .map(([name, learns]) => `\`${name}\` is ${learns}`)
      .join('; ')}.`,
  ),
  model: field(modelSection.prefault({}), 'How the base model is loaded.'),
  tokenizer: optional(
    tokenizerSection,
    'New tokens. lorch adds them to the tokenizer before it tokenises anything, and trains their rows of embedding and head. Default: none.',
  ),
  dataset: field(datasetSection, 'The rows, and what is done to them before training.'),
  lora: field(loraSection.prefault({}), 'The adapter: the fields of LoraConfig in PEFT.'),
  quantization: optional(quantizationSection, 'Quantization of the base model; left out, there is none.'),
  training: field(trainingSection.prefault({}), 'The training: the fields of SFTConfig in TRL.'),
  resources: field(resourcesSection.prefault({}), 'Where the run is executed.'),
  retry: optional(retrySection, 'Attempts that lorch starts by itself; left out, there are none.'),
  accept: optional(
    z.record(z.string(), reason),
    'Findings of the plan that you accept: a map from code to reason, for advice (A codes, docs/advice.md), P020, P021 and T014. They stay in plan.json as notes, with the reason.',
  ),
};

/** A config file as a person writes it. */
export const configFile = section(
  {
    extends: optional(
      text,
      'A base file, relative to this one. Settings in this file override those in the base.',
    ),
    ...runShape,
    sweep: optional(sweepSection, 'Several runs from this config.'),
  },
  'One fine-tuning run of lorch, or a sweep of several.',
);

const run = z.strictObject(runShape);

/** One run's settings, checked; defaults that follow from others are still undefined (src/config/render fills them). */
export type RunConfig = z.output<typeof run>;
export type SectionName = keyof RunConfig;
