// The next useful commands, as every command prints them at the end.
import stringWidth from 'string-width';
import type { OutputStream } from '../context.ts';
import { fitCommand } from './fit-command.ts';
import { paint } from './paint.ts';

/** `next: A  ·  B` if that fits on one line of the terminal, else a command a line, so that each can be copied. */
export function renderNext(
  commands: readonly string[],
  stream: Pick<OutputStream, 'isTTY' | 'color' | 'columns'>,
): string {
  const ink = paint(stream.color);
  const line = `next: ${commands.join('  ·  ')}`;
  if (!stream.isTTY || stringWidth(line) <= stream.columns)
    return `${ink.dim('next:')}${line.slice('next:'.length)}\n`;
  const lines = commands.flatMap((command) => fitCommand(`  ${command}`, Math.max(stream.columns, 20)));
  return `${ink.dim('next:')}\n${lines.map((each) => `${each}\n`).join('')}`;
}
