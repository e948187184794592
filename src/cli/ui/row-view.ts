// One row for people: where it stands, and its turns.
import wrapAnsi from 'wrap-ansi';
import type { Example, Message, RowPlace } from '../../dataset/example.ts';
import type { OutputStream } from '../context.ts';
import { renderPlace } from './diagnostic.ts';
import { type Ink, paint, visible } from './paint.ts';

/** Place and turns, each turn indented under its role; ends in a newline. */
export function renderRow(
  { place, example, note }: { place: RowPlace; example: Example; note: string | null },
  stream: Pick<OutputStream, 'color' | 'columns'>,
): string {
  const ink = paint(stream.color);
  const { file, line, column } = place;
  const at = column > 1 ? { file, line, column } : { file, line };
  const head = `${ink.bold(visible(renderPlace(at)))} ${ink.dim(`row ${place.row}${note === null ? '' : ` · ${visible(note)}`}`)}`;
  const width = Math.min(Math.max(stream.columns, 40), 120);
  const turns = (messages: readonly Message[] = []): string[] =>
    messages.map((message) => renderMessage(message, width, ink));
  const answers = example.chosen || example.rejected;
  const pairs = answers
    ? [ink.bold('chosen'), ...turns(example.chosen), ink.bold('rejected'), ...turns(example.rejected)]
    : [];
  return `${[head, ...turns(example.messages), ...pairs].join('\n')}\n`;
}

const indent = '  ';

function renderMessage(message: Message, width: number, ink: Ink): string {
  const untrained = message.train === false ? ink.dim(' (not trained)') : '';
  const called = message.name === undefined ? '' : ink.dim(` ${visible(message.name)}`);
  const parts = [
    ...(message.reasoning_content === undefined ? [] : [ink.dim(visible(message.reasoning_content))]),
    ...contentLines(message.content, ink),
    ...(message.tool_calls ?? []).map(({ function: { name, arguments: args } }) =>
      ink.cyan(visible(`${name}(${typeof args === 'string' ? args : JSON.stringify(args)})`)),
    ),
  ];
  const body = wrapAnsi(parts.join('\n'), width - indent.length, { hard: true, trim: false });
  return [
    `${tint(message.role, ink)(message.role)}${called}${untrained}`,
    ...body.split('\n').map((line) => `${indent}${line}`),
  ].join('\n');
}

function contentLines(content: Message['content'], ink: Ink): string[] {
  if (content === null) return [];
  if (typeof content === 'string') return [visible(content)];
  return content.map((part) =>
    typeof part.text === 'string' ? visible(part.text) : ink.dim(`[${visible(part.type)}]`),
  );
}

function tint(role: Message['role'], ink: Ink): (text: string) => string {
  return {
    system: ink.magenta,
    developer: ink.magenta,
    user: ink.blue,
    assistant: ink.green,
    tool: ink.yellow,
  }[role];
}
