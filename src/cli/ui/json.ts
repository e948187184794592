import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';

/** JSON that is printed as it is written: numbers keep all their digits. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Prints the one JSON object of a `--json` command; it opens with the version of this form. */
export function printJson(context: Context, value: Record<string, unknown>): void {
  const raws: string[] = [];
  const mark = randomUUID();
  const text = JSON.stringify(
    { lorch: 1, ...value },
    (_, each: unknown) => (each instanceof RawJson ? `${mark} ${raws.push(each.text) - 1}` : each),
    2,
  );
  const whole = text.replace(
    new RegExp(`"${mark} (\\d+)"`, 'g'),
    (_, i: string) => raws[Number(i)] ?? 'null',
  );
  context.stdout.write(`${whole}\n`);
}
