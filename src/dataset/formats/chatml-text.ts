// chatml-text: one `text` with the turns written out, `<|im_start|>role\ncontent<|im_end|>`.

import type { Check } from '../checks/check.ts';
import { missingField } from '../checks/structure/missing-field.ts';
import { textOutsideTurns } from '../checks/structure/text-outside-turns.ts';
import { unclosedMarker } from '../checks/structure/unclosed-marker.ts';
import { unknownMarker } from '../checks/structure/unknown-marker.ts';
import { unknownRole } from '../checks/structure/unknown-role.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { textOf } from '../content.ts';
import type { Message, Role } from '../example.ts';
import { readMeta, typeName } from './fields.ts';
import type { WritableFormat } from './format.ts';
import { type Feature, missingFeatures, splitMeta } from './leftovers.ts';
import { preference } from './preference.ts';

const start = '<|im_start|>';
const end = '<|im_end|>';
const markers = /<\|([^|<>\s]{1,40})\|>/g;
const roles: ReadonlySet<string> = new Set<Role>(['system', 'developer', 'user', 'assistant', 'tool']);
const holds = new Set<Feature>(['developer messages', 'tool results']);
const rowKeys = new Set(['text']);

export const chatmlText: WritableFormat = {
  name: 'chatml-text',
  shape: '"text" with <|im_start|> markers',
  matches: (row) => typeof row.text === 'string' && row.text.includes(start) && !preference.matches(row),
  parse(row, raise) {
    const meta = readMeta(row, rowKeys, raise);
    if (typeof row.text !== 'string') {
      if (row.text === undefined) raise(missingField, '', 'The row has no "text".');
      else raise(wrongType, '/text', `"text" should be text, but is ${typeName(row.text)}.`);
      return null;
    }
    let failed = false;
    const { turns, problems } = splitTurns(row.text);
    for (const { check, at, message } of problems) {
      raise(check, '/text', message, { inside: at });
      failed ||= check.severity === 'error';
    }
    const messages: Message[] = [];
    for (const turn of turns) {
      if (roles.has(turn.role)) messages.push({ role: turn.role as Role, content: turn.content });
      else {
        const role = JSON.stringify(turn.role.slice(0, 60));
        raise(unknownRole, '/text', `The role ${role} is unknown.`, { inside: turn.roleAt });
        failed = true;
      }
    }
    return failed ? null : { messages, meta };
  },
  locate(row, spot) {
    const turn = typeof row.text === 'string' ? splitTurns(row.text).turns[spot.message] : undefined;
    if (!turn) return { pointer: '/text' };
    const at = spot.field === 'content' ? turn.contentAt + (spot.inside ?? 0) : turn.roleAt;
    return { pointer: '/text', inside: at };
  },
  holds,
  inConfig: 'source',
  doc: {
    row: '{"text":"<|im_start|>user\\nOpen today?<|im_end|>\\n<|im_start|>assistant\\nUntil six.<|im_end|>\\n"}',
    prose: [
      '- One text with the turns written out. Roles as in chatml.',
      '- A turn that is not closed is D041, a marker that ChatML does not have is D042, text between the turns is D043; each finding gives the column. `<|endoftext|>` and the like between turns are skipped.',
      '- The text itself is not trained on: its turns are rendered again with the chat template of the run.',
    ].join('\n'),
    toldBy: '`text` with `<|im_start|>`',
    writing: 'cannot write a content that itself contains `<|im_start|>` or `<|im_end|>`.',
  },
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const texts = example.messages.map((message) => textOf(message.content) ?? '');
    if (texts.some((text) => text.includes(start) || text.includes(end)))
      return { row: null, lost: ['contents that hold ChatML markers themselves'] };
    const text = example.messages
      .map((message, i) => `${start}${message.role}\n${texts[i]}${end}\n`)
      .join('');
    return { row: { ...kept, text }, lost: [...missingFeatures(example, holds), ...lost] };
  },
};

interface Turn {
  role: string;
  roleAt: number;
  content: string;
  contentAt: number;
}

interface Problem {
  check: Check;
  at: number;
  message: string;
}

/** The closed turns of a text, and faults between or inside them; places are UTF-16 units of the text. */
function splitTurns(text: string): { turns: Turn[]; problems: Problem[] } {
  const turns: Turn[] = [];
  const problems: Problem[] = [];
  /** Offset of the open turn's marker; -1 between turns. */
  let open = -1;
  let outside = 0;
  const checkOutside = (to: number): void => {
    const lead = /\S/.exec(text.slice(outside, to));
    if (lead)
      problems.push({
        check: textOutsideTurns,
        at: outside + lead.index,
        message: 'There is text outside the turns.',
      });
  };
  const unclosed = (): void => {
    problems.push({ check: unclosedMarker, at: open, message: 'This turn is not closed by <|im_end|>.' });
  };
  for (const match of text.matchAll(markers)) {
    const [marker] = match;
    const at = match.index;
    const after = at + marker.length;
    if (marker === start) {
      if (open >= 0) unclosed();
      else checkOutside(at);
      open = at;
    } else if (marker === end) {
      if (open >= 0) turns.push(readTurn(text, open + start.length, at));
      else problems.push({ check: textOutsideTurns, at, message: 'This <|im_end|> does not close a turn.' });
      open = -1;
      outside = after;
    } else if (open < 0 && ['endoftext', 'begin_of_text', 'end_of_text'].includes(match[1] ?? '')) {
      checkOutside(at);
      outside = after;
    } else {
      problems.push({ check: unknownMarker, at, message: `${marker} is not a marker of ChatML.` });
      if (open < 0) {
        checkOutside(at);
        outside = after;
      }
    }
  }
  if (open >= 0) unclosed();
  else checkOutside(text.length);
  return { turns, problems };
}

function readTurn(text: string, from: number, to: number): Turn {
  const newline = text.indexOf('\n', from);
  const roleEnd = newline < 0 || newline > to ? to : newline;
  const contentAt = Math.min(roleEnd + 1, to);
  return {
    role: text.slice(from, roleEnd).trim(),
    roleAt: from,
    content: text.slice(contentAt, to),
    contentAt,
  };
}
