import type { Command } from 'commander';
import type { DatasetVersion, VersionState } from '../../app/data/trace-lineage.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { type Ink, paint, visible } from '../ui/paint.ts';
import { fitText } from '../ui/wrap.ts';

const examples = `
Every command that writes a dataset puts a record beside it: FILE.lineage.json. This command follows the records
back to the files that the dataset was made from, and checks each by its SHA-256. Exit code 1 if a file is no longer
what its record says.

Examples:
  lorch data versions datasets/support/train.jsonl
  lorch data versions train.jsonl --json | jq '.. | .made_by? // empty | .command'
`;

/** `lorch data versions FILE` */
export function define(command: Command, context: Context): void {
  command
    .description('Where a dataset file came from, version by version, checked.')
    .argument('<file>', 'a dataset file')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (file: string, flags: { json?: true }) => {
      const { resolve } = await import('node:path');
      const { hasChanged, traceLineage } = await import('../../app/data/trace-lineage.ts');
      const version = await traceLineage(resolve(context.cwd, file), context.cwd);
      if (hasChanged(version)) context.exitCode = EXIT.findings;
      if (flags.json) return printJson(context, { ...version });
      const text = `${render(version, '', paint(context.stdout.color)).join('\n')}\n`;
      context.stdout.write(fitText(text, context.stdout));
    });
}

const words: Record<VersionState, string> = {
  as_recorded: 'as recorded',
  same_rows: 'rewritten, with the same rows',
  changed: 'changed since',
  gone: 'deleted since',
  elsewhere: 'not a file here',
  unrecorded: 'no record',
};

function render(version: DatasetVersion, indent: string, ink: Ink): string[] {
  const { file, state, rows, fingerprint, parents } = version;
  const tint = state === 'changed' ? ink.red : state === 'as_recorded' ? ink.green : ink.yellow;
  const facts = [
    ...(rows === null ? [] : [`${formatCount(rows)} rows`]),
    ...(fingerprint === null ? [] : [`fingerprint ${fingerprint.slice(0, 12)}`]),
  ];
  return [
    `${indent}${ink.bold(visible(file ?? '<stdin>'))}  ${facts.join(', ')}${facts.length > 0 ? '  ' : ''}${tint(words[state])}`,
    ...describeMaking(version, `${indent}  `, ink),
    ...parents.flatMap((parent) => render(parent, `${indent}    `, ink)),
  ];
}

function describeMaking({ made_by, ledger }: DatasetVersion, indent: string, ink: Ink): string[] {
  if (!made_by || !ledger) return [];
  const { command, version, at_ms, options } = made_by;
  const set = Object.entries(options)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key} ${[value].flat().map(showOption).join(' ')}`);
  const sums = [
    `${formatCount(ledger.rows_in)} rows in`,
    ...(ledger.train === undefined ? [`${formatCount(ledger.kept)} kept`] : []),
    ...(ledger.fixed > 0 ? [`${formatCount(ledger.fixed)} of them fixed`] : []),
    ...(ledger.train === undefined ? [] : [`${formatCount(ledger.train)} train`]),
    ...(ledger.validation === undefined ? [] : [`${formatCount(ledger.validation)} validation`]),
    ...(ledger.not_drawn === undefined ? [] : [`${formatCount(ledger.not_drawn)} not drawn`]),
    ...Object.entries(ledger.dropped).map(([code, n]) => `${formatCount(n)} dropped (${code})`),
  ];
  const when = new Date(at_ms).toISOString().slice(0, 16).replace('T', ' ');
  return [
    `${indent}${ink.cyan(`lorch ${visible(command)}`)} ${ink.dim(`${visible(version)}, ${when} UTC`)}${set.length > 0 ? `: ${visible(set.join(', '))}` : ''}`,
    `${indent}${visible(sums.join(', '))}`,
  ];
}

function showOption(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
