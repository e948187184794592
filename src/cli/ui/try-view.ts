// Prompts with the two answers, one under the other.
import type { TriedRun } from '../../app/runs/try-run.ts';
import { paint, visible } from './paint.ts';

/** Every prompt with what base and adapter answered, and what the row says if there is one. */
export function renderTried(tried: TriedRun, style: { color: boolean }): string {
  const ink = paint(style.color);
  const block = (label: string, text: string, tint: (text: string) => string): string =>
    indent(text === '' ? ink.dim('(nothing)') : tint(visible(text)), `  ${label.padEnd(9)}`);
  return tried.prompts
    .map(({ row, messages, expected, base, adapter }) => {
      const question = messages.at(-1)?.content;
      const title = row === null ? 'prompt' : `held-out row ${row}`;
      return [
        ink.bold(title),
        block('asked', typeof question === 'string' ? question : JSON.stringify(question), ink.dim),
        ...(expected === null ? [] : [block('expected', expected, ink.dim)]),
        block('base', base, ink.yellow),
        block('adapter', adapter, ink.green),
        '',
      ].join('\n');
    })
    .join('\n');
}

function indent(text: string, first: string): string {
  const lines = text.split('\n').slice(0, 12);
  return lines.map((line, i) => `${i === 0 ? first : ' '.repeat(first.length)} ${line}`).join('\n');
}
