// The words of the review screen: questions, help, and what shows when no row is left.
import { rowsToDraw } from '../../app/review/next-step.ts';
import type { ReviewSession } from '../../app/review/review-session.ts';
import { rejectReasons } from '../../dataset/review/entries.ts';
import { type Ink, visible } from './paint.ts';
import type { PaneStyle } from './review-panes.ts';
import type { ScreenState } from './review-screen.ts';
import { wrapText } from './review-text.ts';

/** What the keys mean at the moment. */
export type Mode =
  | { is: 'row' }
  | { is: 'reasons' }
  | { is: 'typing'; what: 'note' | 'other'; text: string }
  | { is: 'help' }
  | { is: 'refused'; text: string; body: string[] };

/** The last lines of the screen: a question or a message, and the keys that answer. */
export function bottomLines(mode: Mode, message: string, ink: Ink): Pick<ScreenState, 'prompt' | 'keys'> {
  if (mode.is === 'reasons')
    return {
      prompt: [ink.yellow('reject, because it is …')],
      keys: [...rejectReasons.map((reason, i) => `${i + 1} ${reason.replaceAll('-', ' ')}`), 'Esc cancel'],
    };
  if (mode.is === 'typing')
    return {
      prompt: [`${mode.what === 'note' ? 'note' : 'reason'}: ${visible(mode.text)}▏`],
      keys: ['Enter save', 'Esc cancel'],
    };
  return {
    prompt: message ? [message] : [],
    keys: ['a accept', 'r reject', 'e edit', 'n note', 's skip', 'u undo', 'Tab view', '? help', 'q quit'],
  };
}

/** What was said of the row: its notes; for a dispute also who said what. Else reviewers judge blind. */
export function aboutRow(session: ReviewSession, { width, ink }: PaneStyle): string[] {
  const review = session.review();
  if (!review) return [];
  const lines = review.notes.map(({ reviewer, text }) => `${reviewer} notes: ${text}`);
  if (session.what === 'disputes')
    for (const { reviewer, verdict, reason, note, edit } of review.verdicts.values())
      lines.push(
        `${reviewer}: ${verdict}${reason ? `, ${reason}` : ''}${note ? ` (${note})` : ''}${edit ? `: ${edit.text}` : ''}`,
      );
  if (lines.length === 0) return [];
  return [...lines.flatMap((line) => wrapText(ink.yellow(visible(line)), width)), ''];
}

/** What shows if no row is left. */
export function doneLines(session: ReviewSession, { width, ink }: PaneStyle): string[] {
  const skipped = session.judgement().open;
  const text = [
    session.what === 'drawn'
      ? `You have read the ${session.target()} rows that were asked for.`
      : session.what === 'findings'
        ? 'No row with findings is left. These do not count in the rate.'
        : 'No dispute is left.',
    ...(skipped > 0 && session.what === 'drawn'
      ? [
          `${skipped} skipped ${skipped === 1 ? 'row counts' : 'rows count'} as defects until they are read: s shows them.`,
        ]
      : []),
    '',
    'Every verdict is saved.',
  ].join('\n');
  return wrapText(ink.bold(text), width);
}

/** And the keys that work there. */
export function doneKeys(session: ReviewSession): string[] {
  if (session.what !== 'drawn') return ['u undo', 'q quit'];
  const skipped = session.judgement().open > 0 ? ['s skipped rows'] : [];
  const more = rowsToDraw(session.judgement());
  return [`m ${more} more ${more === 1 ? 'row' : 'rows'}`, ...skipped, 'u undo', 'q quit'];
}

/** What each key does. */
export function helpLines({ width, ink }: PaneStyle): string[] {
  const keys: [string, string][] = [
    ['a', 'accept: the row teaches what it should'],
    ['r, then 1–7', `reject: ${rejectReasons.join(', ')}`],
    ['e', 'edit the row in $VISUAL or $EDITOR; the edit counts as a defect and replaces the row'],
    ['n', 'keep a note with the row; it is not a verdict'],
    ['s', 'skip: the row comes back; until then it counts as a defect'],
    ['u', 'take back the last verdict or note, as often as you like, also of earlier sessions'],
    ['Tab, Shift-Tab', 'turns, raw row, what the model sees, findings, nearest rows'],
    ['j k, arrows, space b, g G', 'scroll'],
    ['q, Ctrl-C', 'leave; every verdict is saved already'],
  ];
  return keys.flatMap(([key, what]) => [ink.bold(key), ...wrapText(what, width, '    ')]);
}
