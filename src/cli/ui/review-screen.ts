// The frame around a row under review: where it stands, how far the review is, the pane, and the keys.
import stringWidth from 'string-width';
import type { Judgement } from '../../dataset/review/judge-review.ts';
import { percentText } from '../../run/review-sentence.ts';
import { formatDuration } from './format.ts';
import { type Ink, paint } from './paint.ts';
import { bar } from './progress.ts';
import { type Pane, panes } from './review-panes.ts';
import { fitLine, flow, spread, wrapText } from './review-text.ts';

export interface ScreenSize {
  columns: number;
  rows: number;
  color: boolean;
}

export interface ScreenState {
  /** `file:line` of the row, or a title if there is none. */
  title: string;
  /** Beside the title: `12 of 50`. */
  place: string;
  /** Lines on how far the review is; see `progressLines`. */
  progress: readonly string[];
  /** Null: no tabs are shown. */
  pane: Pane | null;
  /** Counts beside the tabs' names. */
  counts: Partial<Record<Pane, number>>;
  body: readonly string[];
  /** Beside the body, in a column of its own that does not scroll; see `columnsOf`. Empty: there is none. */
  side: readonly string[];
  /** First line of the body that shows. */
  top: number;
  /** A message or a question, above the keys. */
  prompt: readonly string[];
  keys: readonly string[];
}

/** One column stays free: a full line would let some terminals wrap. */
export function innerWidth({ columns }: ScreenSize): number {
  return Math.max(10, columns - 1);
}

// A line of text is read best up to about so many columns; what is left, if it is enough, shows what goes with it.
const widestText = 100;
const narrowestSide = 36;
const gutter = 3;

/** Columns for the body and for what stands beside it; 0 if there is no room for that. */
export function columnsOf(size: ScreenSize): { body: number; side: number } {
  const width = innerWidth(size);
  const side = width - Math.min(widestText, width - narrowestSide - gutter) - gutter;
  if (width < widestText || side < narrowestSide) return { body: width, side: 0 };
  return { body: width - side - gutter, side };
}

/** The whole screen, one string a line, with the lines of the body that it holds and the first of them. */
export function renderScreen(
  state: ScreenState,
  size: ScreenSize,
): { lines: string[]; bodyRows: number; top: number } {
  const ink = paint(size.color);
  const width = innerWidth(size);
  const head = [
    spread(ink.bold(state.title), state.place, width),
    // What counts (the bound, the time left) is at the end of these lines, so they wrap; on a low screen they are cut.
    ...state.progress.flatMap((line) => (size.rows < 16 ? [fitLine(line, width)] : wrapText(line, width))),
    ...(state.pane === null ? [] : [fitLine(tabs(state.pane, state.counts, ink, size.color), width)]),
  ];
  const foot = [...state.prompt.map((line) => fitLine(line, width)), ...flow(state.keys, width)];
  // On a screen too low for all, the row itself matters most.
  const room = Math.max(1, size.rows - head.length - foot.length - 2);
  const bodyRows = Math.min(room, size.rows);
  const top = Math.max(0, Math.min(state.top, state.body.length - bodyRows));
  const shown = state.body.slice(top, top + bodyRows);
  const blank = Array.from({ length: bodyRows - shown.length }, () => '');
  const { body: left, side: right } = columnsOf(size);
  const beside = (line: string, i: number): string =>
    state.side.length === 0 || right === 0
      ? line
      : `${line}${' '.repeat(Math.max(0, left - stringWidth(line)))} ${ink.dim('│')} ${fitLine(state.side[i] ?? '', right)}`;
  const more = state.body.length - top - shown.length;
  const scroll =
    state.body.length > bodyRows
      ? ` lines ${top + 1}–${top + shown.length} of ${state.body.length}${more > 0 ? ' · space for more' : ' · end'} `
      : '';
  const rule = ink.dim('─'.repeat(width));
  const lower = ink.dim(`──${scroll}${'─'.repeat(Math.max(0, width - 2 - scroll.length))}`);
  const middle = [...shown, ...blank].map(beside);
  const lines = [...head, rule, ...middle, fitLine(lower, width), ...foot];
  return { lines: lines.slice(Math.max(0, lines.length - size.rows)), bodyRows, top };
}

function tabs(pane: Pane, counts: ScreenState['counts'], ink: Ink, color: boolean): string {
  return panes
    .map((each) => {
      const text = `${each}${counts[each] ? ` ${counts[each]}` : ''}`;
      if (each !== pane) return ink.dim(text);
      return color ? ink.bold(ink.cyan(text)) : `[${text}]`;
    })
    .join('  ');
}

/** Rate, bound and what is missing, in two lines. */
export function progressLines(
  judgement: Judgement,
  {
    target,
    limit,
    pace,
    color,
  }: { target: number; limit: number; pace: { rows: number; ms: number }; color: boolean },
): string[] {
  const ink = paint(color);
  const { read, sample, open, disputed } = judgement;
  const rate = sample.rows > 0 ? ` (${percentText(sample.defects / sample.rows)})` : '';
  const skipped = open > 0 ? `, ${open} skipped` : '';
  const disputes = disputed > 0 ? `, ${disputed} disputed` : '';
  const first = [
    `${bar(read, Math.max(target, read, 1), color, 10)} ${read} read`,
    `${plural(sample.defects, 'defect')}${rate}${skipped}${disputes}`,
    boundText(judgement, limit, ink),
  ].join(' · ');
  const perMinute = pace.ms > 0 ? (pace.rows / pace.ms) * 60_000 : 0;
  const speed =
    pace.rows < 2
      ? ''
      : ` · ${perMinute.toFixed(1)} rows a minute${target > read ? `, about ${formatDuration(((target - read) / perMinute) * 60_000)} left` : ''}`;
  return [first, ink.dim(`${missing(judgement, limit)}${speed}`)];
}

/** `at most 9.1 % (95 %)`, in the colour of the gate. */
export function boundText({ mode, bound, passed, read }: Judgement, limit: number, ink: Ink): string {
  if (read === 0) return `limit ${percentText(limit)}`;
  const text =
    mode === 'exact' ? `${percentText(bound)} of all rows` : `at most ${percentText(bound)} (95 %)`;
  return passed ? ink.green(text) : ink.yellow(text);
}

/** What opens the gate, in words. */
export function missing({ mode, passed, moreClean }: Judgement, limit: number): string {
  if (passed) return `the limit of ${percentText(limit)} is met`;
  if (mode === 'exact') return `every row was read; the limit of ${percentText(limit)} is not met`;
  if (moreClean === null) return `only reading every row can still meet the limit of ${percentText(limit)}`;
  return `${plural(moreClean, 'more row')} without a defect would meet the limit of ${percentText(limit)}`;
}

/** 1 defect, 2 defects. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
