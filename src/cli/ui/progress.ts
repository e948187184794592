// Progress on stderr: one redrawn line on a terminal, a plain line now and then elsewhere.
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import type { Context, OutputStream } from '../context.ts';
import { formatDuration } from './format.ts';
import { mapText, paint } from './paint.ts';

export interface Progress {
  /** `total` null: unknown. */
  update(done: number, total: number | null, note?: string): void;
  /** A line of its own above the progress. */
  line(text: string): void;
  /** Ends it; the last state stays as a line if `keep` says so. */
  end(keep?: string): void;
}

const redrawMs = 100;
const plainEveryMs = 10_000;
const quietMs = 1_000;
const staleMs = 2_000;

/** What the last update said, and when. */
interface Latest {
  done: number;
  total: number | null;
  note: string | undefined;
  atMs: number;
}

/**
 * A progress display for one piece of work. Nothing shows within the first second; after it the display says how
 * long the work has taken, even if no update comes. `end` it, or use {@link withProgress}.
 */
export function createProgress(context: Context, label: string): Progress {
  const { stderr } = context;
  const started = context.now();
  let drawn = started;
  let latest: Latest | null = null;
  const live = stderr.isTTY ? createLogUpdate(asWritable(stderr)) : null;
  const draw = (now: number): void => {
    drawn = now;
    const lines = progressLines(
      label,
      now - started,
      latest && { ...latest, atMs: latest.atMs - started },
      stderr.color,
    );
    if (live) live(fitLine(lines, stderr.columns));
    else stderr.write(`${lines[0]}\n`);
  };
  const due = (now: number): boolean =>
    now - started >= quietMs && now - drawn >= (live ? redrawMs : plainEveryMs);
  const timer = setInterval(() => {
    const now = context.now();
    if (due(now)) draw(now);
  }, quietMs);
  timer.unref();
  return {
    update(done, total, note) {
      const now = context.now();
      latest = { done, total, note, atMs: now };
      if (due(now)) draw(now);
    },
    line(line) {
      live?.clear();
      stderr.write(`${line}\n`);
    },
    end(keep) {
      clearInterval(timer);
      live?.clear();
      if (keep) stderr.write(`${keep}\n`);
    },
  };
}

/** Does the work under a progress display, and ends the display however the work ends. */
export async function withProgress<T>(
  context: Context,
  label: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = createProgress(context, label);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}

/** One state of the work, from the fullest line to the shortest. Times count from its start. */
export function progressLines(
  label: string,
  elapsedMs: number,
  latest: Latest | null,
  color: boolean,
): string[] {
  const note = latest?.note ? ` · ${latest.note}` : '';
  const elapsed = formatDuration(elapsedMs);
  if (!latest || (latest.done === 0 && latest.total === null)) return [`${label} · ${elapsed}${note}`];
  const { done, total } = latest;
  const count = done.toLocaleString('en-US');
  // All is done, or nothing has come for a while: no rate is true any more, only the time that has passed.
  if (done === total || elapsedMs - latest.atMs > staleMs)
    return [
      `${label} ${count}${total === null || done === total ? '' : `/${total.toLocaleString('en-US')}`} · ${elapsed}${note}`,
      `${label} · ${elapsed}`,
    ];
  const perSecond = done / Math.max(latest.atMs / 1000, 0.001);
  const rate = ` · ${perSecond >= 10 ? Math.round(perSecond).toLocaleString('en-US') : perSecond.toFixed(1)}/s`;
  if (total === null) return [`${label} ${count}${rate}${note}`, `${label} ${count}${rate}`];
  const left = perSecond > 0 ? ` · ${formatDuration(((total - done) / perSecond) * 1000)} left` : '';
  const of = `${count}/${total.toLocaleString('en-US')}`;
  return [
    `${label} ${bar(done, total, color)} ${of}${rate}${left}${note}`,
    `${label} ${bar(done, total, color)} ${of}${rate}${left}`,
    `${label} ${bar(done, total, color, 10)} ${of}${left}`,
    `${label} ${of}${left}`,
    `${of}${left}`,
  ];
}

/** The first line that fits the terminal; the last one, cut, if none does. */
export function fitLine(lines: readonly string[], columns: number): string {
  const fits = lines.find((line) => stringWidth(line) < columns);
  return fits ?? cutToWidth(lines.at(-1) ?? '', columns);
}

/** A bar of 20 cells. */
export function bar(done: number, total: number, color: boolean, width = 20): string {
  const full = total > 0 ? Math.min(width, Math.round((done / total) * width)) : 0;
  const ink = paint(color);
  return `${ink.cyan('━'.repeat(full))}${ink.dim('─'.repeat(width - full))}`;
}

/** Cuts a line to the terminal's width, so that a redraw never leaves half of the old one. */
export function cutToWidth(line: string, columns: number): string {
  let room = columns - 1;
  return mapText(line, (part) => {
    const kept = part.slice(0, room);
    room -= kept.length;
    return kept;
  });
}

/** log-update wants a stream; ours is a plain writer, so give it the few properties it reads. */
export function asWritable(stream: OutputStream): NodeJS.WriteStream {
  return {
    write: (text: string) => {
      (stream.writeRaw ?? stream.write)(text);
      return true;
    },
    isTTY: stream.isTTY,
    columns: stream.columns,
    rows: 24,
  } as unknown as NodeJS.WriteStream;
}
