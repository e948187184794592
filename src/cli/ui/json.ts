import type { Context } from '../context.ts';

/** Prints the one JSON object of a `--json` command; it opens with the version of this form. */
export function printJson(context: Context, value: Record<string, unknown>): void {
  context.stdout.write(`${JSON.stringify({ lorch: 1, ...value }, null, 2)}\n`);
}
