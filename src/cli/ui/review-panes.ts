// The five views of a row under review, each as lines of a given width.
import { diffArrays } from 'diff';
import type { ReviewRow } from '../../app/review/fetch-rows.ts';
import type { ModelView } from '../../app/review/model-view.ts';
import { textOf } from '../../dataset/content.ts';
import { differenceTokens } from '../../dataset/duplicates/word-difference.ts';
import { exactJson, writtenNumber } from '../../dataset/exact-json.ts';
import type { Example, Message } from '../../dataset/example.ts';
import { type NearRow, wholeText } from '../../dataset/review/nearest.ts';
import { renderFinding } from './diagnostic.ts';
import { formatCount } from './format.ts';
import type { Ink } from './paint.ts';
import { showText, wrapText } from './review-text.ts';

export const panes = ['turns', 'raw', 'model', 'findings', 'near'] as const;
export type Pane = (typeof panes)[number];

/** Something made in the background. */
export type Later<T> =
  | { state: 'off'; why: string }
  | { state: 'working' }
  | { state: 'failed'; why: string }
  | { state: 'ready'; value: T };

export interface PaneStyle {
  width: number;
  ink: Ink;
  color: boolean;
}

export interface RowExtras {
  model: Later<ModelView | undefined>;
  near: Later<readonly NearRow[] | undefined>;
  /** The row's JSON, laid out for reading. */
  json: string;
  maxLength: number | null;
}

/** The lines of one pane. */
export function paneLines(pane: Pane, row: ReviewRow, extras: RowExtras, style: PaneStyle): string[] {
  if (pane === 'turns') return turnLines(row.example, style);
  if (pane === 'raw') return wrapText(showText(extras.json.trimEnd(), style.ink), style.width);
  if (pane === 'findings') return findingLines(row, style);
  if (pane === 'model')
    return later(extras.model, style, (view) => modelLines(view, extras.maxLength, style));
  return later(extras.near, style, (near) => nearLines(row, near ?? [], style));
}

/** What stands beside the row on a wide screen: its findings and its nearest rows, in short. */
export function sideLines(row: ReviewRow, { near }: RowExtras, { width, ink }: PaneStyle): string[] {
  const found = row.findings.flatMap(({ code, name, message }) => [
    `${ink.yellow(code)} ${ink.dim(name)}`,
    ...wrapText(showText(message, ink), width, '  '),
  ]);
  const alike = later(near, { width, ink, color: true }, (rows) =>
    (rows ?? []).map(
      ({ place, jaccard }) => `${ink.bold(jaccard.toFixed(2))} ${showText(place.file, ink)}:${place.line}`,
    ),
  );
  return [
    ink.bold('findings'),
    ...(found.length > 0 ? found : [ink.dim('none')]),
    '',
    ink.bold('nearest rows'),
    ...(alike.length > 0 ? alike : [ink.dim('none')]),
  ];
}

function later<T>(from: Later<T>, { width, ink }: PaneStyle, show: (value: T) => string[]): string[] {
  if (from.state === 'ready') return show(from.value);
  if (from.state === 'working') return [ink.dim('working on it …')];
  return wrapText(from.state === 'failed' ? ink.red(from.why) : ink.dim(from.why), width);
}

/** The turns of an example under their roles, and what else the row has. */
export function turnLines({ messages, tools, chosen, rejected, meta }: Example, style: PaneStyle): string[] {
  const { ink, width } = style;
  const lines = messages.flatMap((message) => messageLines(message, style));
  const versions = { chosen, rejected };
  for (const [name, list] of Object.entries(versions))
    if (list)
      lines.push(ink.magenta(`── ${name}`), ...list.flatMap((message) => messageLines(message, style)));
  if (tools?.length) {
    lines.push(ink.yellow(`tools (${tools.length})`));
    for (const tool of tools) lines.push(...wrapText(showText(exactJson(tool), ink), width, '  '));
  }
  const rest = Object.entries(meta);
  if (rest.length > 0) {
    const text = rest
      .map(([key, value]) => `${key}: ${writtenNumber(meta, key) ?? exactJson(value)}`)
      .join('\n');
    lines.push(ink.dim('other fields'), ...wrapText(ink.dim(showText(text, ink)), width, '  '));
  }
  return lines;
}

function messageLines(message: Message, { ink, width }: PaneStyle): string[] {
  const tint = {
    assistant: ink.green,
    user: ink.cyan,
    tool: ink.yellow,
    system: ink.magenta,
    developer: ink.magenta,
    document: ink.green,
  };
  const marks = [
    message.name !== undefined ? showText(message.name, ink) : '',
    message.train === false ? 'not trained on' : '',
  ].filter((mark) => mark !== '');
  const lines = [
    `${tint[message.role](message.role)}${marks.length > 0 ? ink.dim(`  ${marks.join(', ')}`) : ''}`,
  ];
  if (message.reasoning_content !== undefined)
    lines.push(...wrapText(ink.dim(showText(message.reasoning_content, ink)), width, '  '), ink.dim('  ──'));
  const text = textOf(message.content);
  if (text !== null)
    lines.push(...wrapText(text === '' ? ink.dim('(empty)') : showText(text, ink), width, '  '));
  for (const { function: call } of message.tool_calls ?? []) {
    const shown = `${call.name}(${exactJson(call.arguments)})`;
    lines.push(...wrapText(ink.yellow(showText(shown, ink)), width, '  → '));
  }
  return [...lines, ''];
}

function findingLines({ findings }: ReviewRow, { ink, width, color }: PaneStyle): string[] {
  if (findings.length === 0) return [ink.dim('no check found anything in this row')];
  return findings.flatMap((finding) => [
    ...wrapText(renderFinding(finding, { color, columns: width }).trimEnd(), width),
    '',
  ]);
}

/** Trained text is green, or in ⟦ ⟧ without colours; what max_length cuts away is red, and a line marks the cut. */
function modelLines(
  view: ModelView | undefined,
  maxLength: number | null,
  { ink, width, color }: PaneStyle,
): string[] {
  if (!view) return [ink.dim('this row was not tokenised')];
  const cut = view.keptTokens < view.tokens;
  const head = [
    `${formatCount(view.tokens)} tokens, ${formatCount(view.trainedTokens)} trained`,
    maxLength === null
      ? 'max_length not given'
      : view.keptTokens === 0
        ? `longer than max_length ${formatCount(maxLength)}: not trained on`
        : cut
          ? `cut to ${formatCount(view.keptTokens)}`
          : `max_length ${formatCount(maxLength)} cuts nothing`,
  ].join(' · ');
  const notes = view.findings.map(({ code, message }) => ink.yellow(showText(`${code} ${message}`, ink)));
  let text = '';
  let kept = view.runs[0]?.kept ?? true;
  for (const run of view.runs) {
    if (run.kept !== kept) {
      kept = run.kept;
      text += `\n${ink.red(`──── max_length ${maxLength} cuts here ────`)}\n`;
    }
    // The next run may go on in the same line: no dots for what only looks like trailing spaces.
    const shown = showText(run.text, ink, { dots: false });
    if (!run.kept) text += ink.red(shown);
    else if (run.trained) text += color ? ink.green(shown) : `⟦${shown}⟧`;
    else text += ink.dim(shown);
  }
  return [ink.bold(head), ...notes, '', ...wrapText(text, width)];
}

function nearLines(row: ReviewRow, near: readonly NearRow[], style: PaneStyle): string[] {
  const { ink, width } = style;
  if (near.length === 0) return [ink.dim('no row shares 30 % of its word 3-grams with this one')];
  const text = wholeText(row.example);
  return near.flatMap(({ place, jaccard, example }) => [
    `${ink.bold(jaccard.toFixed(2))} ${showText(place.file, ink)}:${place.line} ${ink.dim(`row ${place.row}`)}`,
    ...wrapText(wordDifference(text, wholeText(example), style), width, '  '),
    '',
  ]);
}

// Two long rows with little in common take seconds, which is too long after a key.
const patienceMs = 300;

/** This row against the other: red or [-…-] stands here only, green or {+…+} there only. */
function wordDifference(here: string, there: string, { ink, color }: PaneStyle): string {
  if (here === there) return ink.dim('the same texts');
  const changes = diffArrays(differenceTokens(here), differenceTokens(there), { timeout: patienceMs });
  if (!changes) return showText(there, ink);
  return changes
    .map(({ value, added, removed }) => {
      const shown = showText(value.join(''), ink, { dots: false });
      if (removed) return color ? ink.red(shown) : `[-${shown}-]`;
      if (added) return color ? ink.green(shown) : `{+${shown}+}`;
      return ink.dim(shown);
    })
    .join('');
}
