// Options that say how rows become sequences, as `dataset.train_on` and `dataset.truncate` do in a config.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { trainOnChoices, truncatePolicies } from '../config/schema/dataset.ts';
import { chatRoles } from '../config/schema/format-mapping.ts';
import type { TrainOn, Truncate } from '../run/plan.ts';
import { EXIT } from './exit-codes.ts';
import { parseCount } from './parse-options.ts';

export interface RowFlags {
  maxLength?: number;
  trainOn?: TrainOn;
  truncate?: Truncate;
}

/** Adds `--max-length`, `--train-on` and `--truncate`, which count tokens and so go with `--tokenizer`. */
export function addRowOptions(command: Command): Command {
  return command
    .option('--max-length <tokens>', 'with --tokenizer: training.max_length of the run', parseCount)
    .option(
      '--train-on <choice>',
      `with --tokenizer: ${trainOnChoices.join(', ')}, or roles with commas (answers)`,
      parseTrainOn,
    )
    .addOption(
      new Option(
        '--truncate <policy>',
        'with --max-length: what happens to longer rows (right; split with --format text)',
      ).choices(truncatePolicies),
    );
}

/** Ends the command if options that count tokens lack what they need, or do not fit the format. */
export function checkRowOptions(
  command: Command,
  flags: RowFlags & { tokenizer?: string; format: string },
): void {
  const fail = (message: string): never => command.error(`error: ${message}`, { exitCode: EXIT.usage });
  for (const [given, name] of [
    [flags.maxLength, '--max-length'],
    [flags.trainOn, '--train-on'],
    [flags.truncate, '--truncate'],
  ] as const)
    if (given !== undefined && !flags.tokenizer) fail(`${name} counts tokens; add --tokenizer MODEL`);
  if (flags.truncate !== undefined && flags.maxLength === undefined)
    fail('--truncate needs --max-length: without it no row is too long');
  if (flags.truncate === 'split' && flags.format !== 'text')
    fail('--truncate split is for plain texts; add --format text');
  if (flags.format === 'text' && flags.trainOn !== undefined && flags.trainOn !== 'all')
    fail('plain texts have no turns, so every token is trained on; omit --train-on');
}

function parseTrainOn(text: string): TrainOn {
  if (isChoice(text)) return text;
  const roles = text.split(',').map((role) => role.trim());
  const known: readonly string[] = chatRoles;
  if (roles.every((role) => known.includes(role)) && new Set(roles).size === roles.length) return roles;
  throw new InvalidArgumentError(
    `expected one of ${trainOnChoices.join(', ')}, or roles with commas: ${chatRoles.join(', ')}.`,
  );
}

function isChoice(text: string): text is (typeof trainOnChoices)[number] {
  return (trainOnChoices as readonly string[]).includes(text);
}
