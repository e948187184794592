// The key loop of the review: what each key does, and what the screen shows then.
import type { ReviewRow } from '../app/review/fetch-rows.ts';
import { rowsToDraw } from '../app/review/next-step.ts';
import type { ReviewSession } from '../app/review/review-session.ts';
import { type RejectReason, rejectReasons } from '../dataset/review/entries.ts';
import type { Terminal, TerminalEvent } from './terminal.ts';
import { paint, visible } from './ui/paint.ts';
import { type Pane, type PaneStyle, paneLines, panes, type RowExtras, sideLines } from './ui/review-panes.ts';
import { columnsOf, innerWidth, progressLines, renderScreen, type ScreenState } from './ui/review-screen.ts';
import { wrapText } from './ui/review-text.ts';
import { aboutRow, bottomLines, doneKeys, doneLines, helpLines, type Mode } from './ui/review-words.ts';

export interface ReviewLoop {
  session: ReviewSession;
  terminal: Terminal;
  limit: number;
  reviewer: string;
  now(): number;
  /** What the panes of a row show; asked at every redraw. */
  extras(row: ReviewRow): RowExtras;
  /** Lets a person edit a text; what came back, or why nothing did. */
  editText(text: string): Promise<{ text: string } | { failed: string }>;
  /** Called if other rows show than before: the background looks at them. */
  rowsChanged(): void;
}

type Key = TerminalEvent & { type: 'key' };

// A key that is held down repeats 20 to 40 times a second; repeats give no verdict.
const repeatMs = 70;

/** Runs until the reviewer quits or the terminal closes. All verdicts so far are always on disk. */
export async function runReview(loop: ReviewLoop): Promise<void> {
  const { session, terminal } = loop;
  const ink = paint(terminal.color);
  const started = loop.now();
  let mode: Mode = { is: 'row' };
  let pane: Pane = 'turns';
  let top = 0;
  let bodyRows = 1;
  let message = '';
  let last: Key | null = null;

  const style = (): PaneStyle => ({ width: innerWidth(terminal), ink, color: terminal.color });
  const narrow = (width: number): PaneStyle => ({ ...style(), width });
  const shown = (): void => {
    top = 0;
    mode = { is: 'row' };
  };
  const draw = (): void => {
    const frame = renderScreen(screen(), terminal);
    ({ bodyRows, top } = frame);
    terminal.draw(frame.lines);
  };

  const screen = (): ScreenState => {
    const row = session.current();
    const progress = progressLines(session.judgement(), {
      target: session.what === 'drawn' ? session.target() : 0,
      limit: loop.limit,
      pace: { rows: session.given(), ms: loop.now() - started },
      color: terminal.color,
    });
    const common = { progress, pane: null, counts: {}, top, side: [], prompt: message ? [message] : [] };
    if (mode.is === 'help')
      return { ...common, title: 'keys', place: '', body: helpLines(style()), keys: ['any key goes back'] };
    if (mode.is === 'refused')
      return {
        ...common,
        title: 'the edit was not saved',
        place: '',
        body: mode.body,
        keys: ['e edit again', 'Esc cancel'],
      };
    if (!row)
      return {
        ...common,
        title: 'done',
        place: loop.reviewer,
        body: doneLines(session, style()),
        keys: doneKeys(session),
      };
    const extras = loop.extras(row);
    const near = extras.near.state === 'ready' ? (extras.near.value?.length ?? 0) : 0;
    const position = session.position();
    const columns = columnsOf(terminal);
    return {
      ...common,
      title: visible(`${row.place.file}:${row.place.line}`),
      place:
        position === null
          ? `${session.given() + 1} of ${session.target()}, ${session.what === 'disputes' ? 'disputed' : 'for its findings'}`
          : `${position + 1} of ${session.target()}`,
      pane,
      counts: { findings: row.findings.length, near },
      body: [
        ...aboutRow(session, narrow(columns.body)),
        ...paneLines(pane, row, extras, narrow(columns.body)),
      ],
      side: columns.side > 0 ? sideLines(row, extras, narrow(columns.side)) : [],
      ...bottomLines(mode, message, ink),
    };
  };

  const scroll = (by: number): void => {
    top = Math.max(0, top + by);
  };

  const editCurrent = async (row: ReviewRow, text: string): Promise<void> => {
    const back = await terminal.lend(() => loop.editText(text));
    if ('failed' in back) {
      message = ink.red(visible(back.failed));
      mode = { is: 'row' };
      return;
    }
    const edited = session.edit(back.text);
    if (edited.outcome === 'refused') {
      const { renderFindings } = await import('./ui/diagnostic.ts');
      const found = renderFindings(edited.findings, { color: terminal.color, columns: innerWidth(terminal) });
      mode = {
        is: 'refused',
        text: back.text,
        body: wrapText(`${ink.red(visible(edited.message))}\n\n${found}`, innerWidth(terminal)),
      };
      top = 0;
      return;
    }
    shown();
    message =
      edited.outcome === 'changed'
        ? done('edited', row)
        : ink.yellow('nothing was changed: no verdict was given');
    if (edited.outcome === 'changed') loop.rowsChanged();
  };

  const done = (what: string, row: ReviewRow): string =>
    ink.dim(`${what}: ${row.place.file}:${row.place.line} · u takes it back`);

  const reject = (row: ReviewRow, reason: RejectReason, note?: string): void => {
    session.reject(reason, note);
    shown();
    message = done(`rejected (${reason.replaceAll('-', ' ')})`, row);
    loop.rowsChanged();
  };

  const onRow = async (key: Key, row: ReviewRow): Promise<boolean> => {
    const repeated = last !== null && last.text === key.text && key.atMs - last.atMs < repeatMs;
    if ((repeated || key.pasted) && 'areswn'.includes(key.text)) return true;
    if (key.text === 'a') {
      session.accept();
      shown();
      message = done('accepted', row);
      loop.rowsChanged();
    } else if (key.text === 'r') mode = { is: 'reasons' };
    else if (key.text === 'e') await editCurrent(row, session.draft() ?? loop.extras(row).json);
    else if (key.text === 'n') mode = { is: 'typing', what: 'note', text: '' };
    else if (key.text === 's') {
      session.skip();
      shown();
      message = done('skipped', row);
      loop.rowsChanged();
    } else return false;
    return true;
  };

  const onKey = async (key: Key): Promise<'leave' | null> => {
    if (key.ctrl && key.name === 'c') return 'leave';
    if (mode.is === 'typing') {
      onTyping(mode, key);
      return null;
    }
    message = '';
    if (mode.is === 'help') {
      shown();
      return null;
    }
    const row = session.current();
    if (mode.is === 'refused') {
      if (key.text === 'e' && row) await editCurrent(row, mode.text);
      else if (key.name === 'escape') shown();
      else onScroll(key);
      return null;
    }
    if (mode.is === 'reasons') {
      const reason = rejectReasons[Number(key.text) - 1];
      mode = { is: 'row' };
      if (reason === 'other') mode = { is: 'typing', what: 'other', text: '' };
      else if (reason && row) reject(row, reason);
      else message = ink.dim('not rejected');
      return null;
    }
    if (key.text === 'q') return 'leave';
    if (key.text === '?') {
      mode = { is: 'help' };
      top = 0;
    } else if (key.text === 'u') await undo();
    else if (row && (await onRow(key, row))) return null;
    else if (key.name === 'tab' && row) {
      const step = key.text === '\t' ? 1 : panes.length - 1;
      pane = panes[(panes.indexOf(pane) + step) % panes.length] ?? 'turns';
      top = 0;
    } else if (!row && key.text === 'm') {
      await session.more(session.left() > 0 ? 0 : rowsToDraw(session.judgement()));
      loop.rowsChanged();
      shown();
    } else if (!row && key.text === 's') {
      await session.more(0);
      loop.rowsChanged();
      shown();
    } else onScroll(key);
    return null;
  };

  const undo = async (): Promise<void> => {
    const what = await session.undo();
    shown();
    message = what === null ? 'there is nothing left to take back' : ink.yellow(`taken back: ${what}`);
    loop.rowsChanged();
  };

  const onScroll = ({ name, text }: Key): void => {
    if (text === 'j' || name === 'down') scroll(1);
    else if (text === 'k' || name === 'up') scroll(-1);
    else if (text === ' ' || name === 'pagedown') scroll(bodyRows - 1);
    else if (text === 'b' || name === 'pageup') scroll(1 - bodyRows);
    else if (text === 'g' || name === 'home') top = 0;
    else if (text === 'G' || name === 'end') top = Number.MAX_SAFE_INTEGER;
  };

  const onTyping = (typing: Mode & { is: 'typing' }, key: Key): void => {
    if (key.name === 'escape') shown();
    else if (key.name === 'backspace') typing.text = [...typing.text].slice(0, -1).join('');
    else if (key.name === 'return' || key.name === 'enter') {
      const text = typing.text.trim();
      const row = session.current();
      if (typing.what === 'other' && row) reject(row, 'other', text);
      else if (text !== '' && row) {
        session.note(text);
        message = ink.dim('the note is kept with the row');
        mode = { is: 'row' };
      } else shown();
    } else if (!key.ctrl && key.text >= ' ' && key.text !== '\u007f') typing.text += key.text;
  };

  for (;;) {
    await session.ready();
    draw();
    const event = await terminal.next();
    if (event.type === 'end') return;
    if (event.type === 'key') {
      if ((await onKey(event)) === 'leave') return;
      last = event;
    }
  }
}
