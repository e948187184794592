// Progress on stderr: one redrawn line on a terminal, a plain line now and then elsewhere.
import { createLogUpdate } from 'log-update';
import type { Context } from '../context.ts';
import { formatDuration } from './format.ts';
import { mapText, paint } from './paint.ts';

export interface Progress {
  /** `total` null: unknown. */
  update(done: number, total: number | null, note?: string): void;
  /** A line of its own above the progress. */
  line(text: string): void;
  /** Ends it; the last state stays as a line where `keep` says so. */
  end(keep?: string): void;
}

const redrawMs = 100;
const plainEveryMs = 10_000;
const quietMs = 1_000;

/** A progress display for one piece of work; nothing shows within the first second. */
export function createProgress(context: Context, label: string): Progress {
  const { stderr } = context;
  const started = context.now();
  let drawn = started;
  const live = stderr.isTTY ? createLogUpdate(asWritable(context)) : null;
  const text = (done: number, total: number | null, note?: string): string => {
    const seconds = Math.max((context.now() - started) / 1000, 0.001);
    const rate = done / seconds;
    const left =
      total !== null && rate > 0 ? ` · ${formatDuration(((total - done) / rate) * 1000)} left` : '';
    const count =
      total === null
        ? done.toLocaleString('en-US')
        : `${bar(done, total, stderr.color)} ${done.toLocaleString('en-US')}/${total.toLocaleString('en-US')}`;
    return `${label} ${count} · ${rate >= 10 ? Math.round(rate).toLocaleString('en-US') : rate.toFixed(1)}/s${left}${note ? ` · ${note}` : ''}`;
  };
  return {
    update(done, total, note) {
      const now = context.now();
      if (now - started < quietMs || now - drawn < (live ? redrawMs : plainEveryMs)) return;
      drawn = now;
      if (live) live(cutToWidth(text(done, total, note), stderr.columns));
      else stderr.write(`${text(done, total, note)}\n`);
    },
    line(line) {
      live?.clear();
      stderr.write(`${line}\n`);
    },
    end(keep) {
      live?.clear();
      if (keep) stderr.write(`${keep}\n`);
    },
  };
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
export function asWritable(context: Context): NodeJS.WriteStream {
  const { stderr } = context;
  return {
    write: (text: string) => {
      (stderr.writeRaw ?? stderr.write)(text);
      return true;
    },
    isTTY: stderr.isTTY,
    columns: stderr.columns,
    rows: 24,
  } as unknown as NodeJS.WriteStream;
}
