import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { printJson } from '../ui/json.ts';

interface Flags {
  output?: string;
  json?: true;
}

const examples = `
lorch looks at the first 200 rows for a list of turns, a text with the turns written out, a prompt with an answer, or two
compared answers, under any name and inside other objects. Comments above the mapping say what is not certain.

Examples:
  lorch data mapping datasets/export.jsonl
  lorch data mapping datasets/export.jsonl -o mapping.yaml
  lorch data check datasets/export.jsonl --format mapping.yaml
  lorch data mapping sheet.csv --json | jq .mapping
`;

/** `lorch data mapping DATASET` */
export function define(command: Command, context: Context): void {
  command
    .description('Which field of the rows holds what, as a YAML file that --format and dataset.format take.')
    .argument('<dataset>', 'a file, hf://datasets/user/name, or - for stdin')
    .option('-o, --output <file>', 'write the mapping to a file that does not exist yet')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (dataset: string, flags: Flags) => {
      const { resolve } = await import('node:path');
      const { mapDataset } = await import('../../app/data/map-dataset.ts');
      const { quotePath } = await import('../../diagnostics/quote-path.ts');
      const found = await mapDataset({
        cwd: context.cwd,
        env: context.env,
        patterns: [dataset],
        stdin: context.stdin,
        out: flags.output === undefined ? null : resolve(context.cwd, flags.output),
      });
      const { file, rows, readAs, why, mapping, reasons, doubts, unread, yaml, written, others } = found;
      if (flags.json)
        return printJson(context, {
          file,
          rows,
          read_as: readAs,
          why,
          sure: mapping !== null && doubts.length === 0,
          mapping,
          reasons: Object.fromEntries(reasons.map(({ key, why: reason }) => [key, reason])),
          doubts,
          unread,
        });
      const say = (line: string): void => void context.stderr.write(`${line}\n`);
      if (flags.output === undefined) context.stdout.write(yaml);
      if (others.length > 0) say(`looked at ${file} only; ${others.length} more files match`);
      if (readAs !== null) say(`${file} is read as ${readAs} already: ${why}; it needs no mapping`);
      for (const doubt of doubts) say(`not sure: ${doubt}`);
      if (written) say(`wrote ${flags.output}`);
      const format =
        mapping && readAs === null ? ` --format ${quotePath(flags.output ?? 'mapping.yaml')}` : '';
      say(
        mapping && readAs === null && !written
          ? `next: lorch data mapping ${quotePath(dataset)} -o mapping.yaml`
          : `next: lorch data check ${quotePath(dataset)}${format}`,
      );
    });
}
