// The terminal of a full-screen program: single keys, whole frames, and the old screen restored at the end.
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';

export type TerminalEvent =
  /** `name` as node:readline has it (`return`, `escape`, `up` …); `text` is what the key types. */
  | { type: 'key'; name: string; text: string; ctrl: boolean; pasted: boolean; atMs: number }
  | { type: 'resize' }
  /** A background result is ready to be shown. */
  | { type: 'wake' }
  /** The terminal was closed, or the process must end. */
  | { type: 'end' };

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  /** Replaces what is on the screen. Lines are to be no wider than `columns`. */
  draw(lines: readonly string[]): void;
  /** The next event; those that come meanwhile wait. */
  next(): Promise<TerminalEvent>;
  wake(): void;
  /** Gives the screen and the keys away while `work` runs, for an editor. */
  lend<T>(work: () => Promise<T>): Promise<T>;
  /** Releases both for good. */
  close(): void;
}

const enter = '\u001b[?1049h\u001b[?25l\u001b[?2004h';
const leave = '\u001b[?2004l\u001b[?25h\u001b[?1049l';

/** Takes over the terminal. Always call `close`. */
export function openTerminal(input: ReadStream, output: WriteStream, color: boolean): Terminal {
  const waiting: TerminalEvent[] = [];
  let listener: ((event: TerminalEvent) => void) | null = null;
  let pasting = false;
  let lent = false;
  const push = (event: TerminalEvent): void => {
    const listening = listener;
    listener = null;
    if (listening) listening(event);
    else waiting.push(event);
  };
  const onKey = (
    text: string | undefined,
    key: { name?: string; ctrl?: boolean; sequence?: string },
  ): void => {
    if (key.name === 'paste-start' || key.name === 'paste-end') pasting = key.name === 'paste-start';
    else if (!lent)
      push({
        type: 'key',
        name: key.name ?? text ?? '',
        text: text ?? '',
        ctrl: key.ctrl === true,
        pasted: pasting,
        atMs: Date.now(),
      });
  };
  const onResize = (): void => push({ type: 'resize' });
  const onEnd = (): void => push({ type: 'end' });
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
  emitKeypressEvents(input);
  input.on('keypress', onKey);
  input.on('end', onEnd);
  output.on('resize', onResize);
  for (const signal of signals) process.on(signal, onEnd);
  const take = (): void => {
    input.setRawMode(true);
    input.resume();
    output.write(enter);
  };
  const giveBack = (): void => {
    output.write(leave);
    input.setRawMode(false);
    input.pause();
  };
  take();
  return {
    get columns() {
      return output.columns || 80;
    },
    get rows() {
      return output.rows || 24;
    },
    color,
    draw(lines) {
      output.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`);
    },
    next() {
      const event = waiting.shift();
      if (event) return Promise.resolve(event);
      return new Promise((resolve) => {
        listener = resolve;
      });
    },
    wake: () => push({ type: 'wake' }),
    async lend(work) {
      lent = true;
      giveBack();
      try {
        return await work();
      } finally {
        take();
        lent = false;
      }
    },
    close() {
      input.off('keypress', onKey);
      input.off('end', onEnd);
      output.off('resize', onResize);
      for (const signal of signals) process.off(signal, onEnd);
      giveBack();
    },
  };
}
