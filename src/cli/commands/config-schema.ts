import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface Options {
  check?: string | true;
  output?: string;
}

const usualFile = 'run-config.schema.json';

/** `lorch config schema` */
export function define(command: Command, context: Context): void {
  command
    .description('The JSON Schema of configs, for editors: types, ranges, defaults and meanings.')
    .option('--output <file>', 'write it to a file')
    .option(
      '--check [file]',
      `compare a file with it (${usualFile} unless named); exit code 1 if they differ`,
    )
    .addHelpText(
      'after',
      `
Examples:
  lorch config schema --output ${usualFile}
  lorch config schema --check

A config names it in its first lines:
  # yaml-language-server: $schema=../${usualFile}
`,
    )
    .action(async (options: Options) => {
      const { configJsonSchemaText } = await import('../../config/json-schema.ts');
      const text = configJsonSchemaText();
      if (options.check !== undefined)
        await check(options.check === true ? usualFile : options.check, text, context);
      else if (options.output === undefined) context.stdout.write(text);
      else {
        await writeFile(resolve(context.cwd, options.output), text);
        context.stderr.write(`wrote ${options.output}\n`);
      }
    });
}

async function check(file: string, current: string, context: Context): Promise<void> {
  const { UserError } = await import('../../diagnostics/user-error.ts');
  const found = await readFile(resolve(context.cwd, file), 'utf8').catch((cause: unknown) => {
    throw new UserError('C002', `there is no file ${file}`, { cause, exitCode: 2 });
  });
  if (found === current) {
    context.stdout.write(`${file}: current\n`);
    return;
  }
  context.exitCode = EXIT.findings;
  context.stdout.write(`${file}: C027 it is not the schema of this version\n`);
  context.stderr.write(`write it again: lorch config schema --output ${file}\n`);
}
