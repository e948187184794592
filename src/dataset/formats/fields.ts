// Shared by the formats: reading text, weights and other fields from raw rows.

import { fractionalWeight } from '../checks/structure/fractional-weight.ts';
import { rejectedBeside } from '../checks/structure/rejected-beside.ts';
import { unknownKey } from '../checks/structure/unknown-key.ts';
import { weightOnPrompt } from '../checks/structure/weight-on-prompt.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { keepExact } from '../exact-json.ts';
import type { Role } from '../example.ts';
import { isMedia, isMediaField } from '../meaning/media.ts';
import { isAnswer, sideOf } from '../meaning/two-sides.ts';
import { judgesAnswer, readGradeWord, readRating, readVerdict } from '../meaning/verdict.ts';
import { escapePointer } from '../text-position.ts';
import type { Raise, Row } from './format.ts';

/** Whether a JSON value is an object, not a list. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys in words: `a`, `b` or `c`. */
export function anyOf(keys: readonly string[]): string {
  const quoted = keys.map((key) => `\`${key}\``);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

/** A JSON value's type in words. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return { string: 'text', number: 'a number', boolean: 'true or false', object: 'an object' }[
    typeof value as 'string'
  ];
}

/** The first of `keys` that the row has and that is not null. */
export function firstKey(row: Row, keys: readonly string[]): string | undefined {
  return keys.find((key) => row[key] !== undefined && row[key] !== null);
}

/** The same, but prefers a key with a value over one with an empty text or list. */
export function firstFilled(row: Row, keys: readonly string[]): string | undefined {
  return keys.find((key) => row[key] !== undefined && !isEmpty(row[key])) ?? firstKey(row, keys);
}

/** A text field; undefined with a finding if it is anything else. */
export function readText(row: Row, key: string, pointer: string, raise: Raise): string | undefined {
  const value = row[key];
  if (typeof value === 'string') return value;
  raise(wrongType, `${pointer}/${escapePointer(key)}`, `"${key}" should be text, but is ${typeName(value)}.`);
  return undefined;
}

const weightKeys = ['weight', 'loss_weight', 'train', 'loss'] as const;
/** Keys with which other tools train on parts of a message. */
const spanKeys = ['train_detail', 'training_detail'] as const;

/** Whether a message is trained on, by its weight; undefined with a finding if the weight is neither 0 nor 1. */
export function readTrained(
  message: Row,
  role: Role,
  keys: readonly string[] | undefined,
  pointer: string,
  raise: Raise,
): boolean | undefined {
  let trained = true;
  for (const key of keys ?? weightKeys) {
    const value = message[key];
    if (value === undefined || value === null) continue;
    const on = value === 1 || value === true;
    if (!on && value !== 0 && value !== false) {
      raise(
        fractionalWeight,
        `${pointer}/${escapePointer(key)}`,
        `"${key}" is ${JSON.stringify(value)}, neither 0 nor 1.`,
      );
      return undefined;
    }
    if (on && role !== 'assistant')
      raise(
        weightOnPrompt,
        `${pointer}/${key}`,
        `"${key}" asks to train on a ${role} message, which only dataset.train_on can do.`,
      );
    if (!on) trained = false;
  }
  for (const key of spanKeys) {
    if (message[key] === undefined || message[key] === null) continue;
    raise(fractionalWeight, `${pointer}/${key}`, `"${key}" asks to train on parts of a message.`);
    return undefined;
  }
  return trained;
}

/** Keys of a message's weight. */
export const messageWeightKeys: readonly string[] = [...weightKeys, ...spanKeys];

/** The row's other fields, kept for conversion; each is reported, because it could be a misspelt key. */
export function readMeta(row: Row, known: ReadonlySet<string>, raise: Raise): Record<string, unknown> {
  const meta: [string, unknown][] = [];
  for (const key of Object.keys(row)) {
    if (known.has(key)) continue;
    meta.push([key, row[key]]);
    if (key !== 'lorch') raiseMeaning(key, row[key], raise);
  }
  // fromEntries defines "__proto__" as an ordinary member; assignment would not.
  return keepExact(row, Object.fromEntries(meta) as Record<string, unknown>);
}

// Fields that are kept like others, but can change the meaning of the row; checks examine these.
function raiseMeaning(key: string, value: unknown, raise: Raise): void {
  const at = `/${escapePointer(key)}`;
  if (sideOf(key) === 'rejected' && isAnswer(value))
    raise(rejectedBeside, at, `${show(key)} holds a rejected answer: the row is a preference pair.`);
  else if (!hasMeaning(key, value))
    raise(unknownKey, at, `The key ${show(key)} means nothing to this format.`, { data: { key } });
}

// Whether a field grades the answer or contains media, or would if it were not empty.
function hasMeaning(key: string, value: unknown): boolean {
  if (readVerdict(key, value) !== null || readRating(key, value) !== null) return true;
  if ((readGradeWord(key, value) ?? -1) >= 0) return true;
  if (isMedia(key, value) || (isMediaField(key) && isEmpty(value))) return true;
  return isEmpty(value) && (sideOf(key) === 'rejected' || judgesAnswer(key));
}

// Null, or an empty text, list or object.
function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Reports the keys of a message that are lost. */
export function noteMessageKeys(
  message: Row,
  known: ReadonlySet<string>,
  pointer: string,
  raise: Raise,
): void {
  for (const key of Object.keys(message))
    if (!known.has(key) && message[key] !== null)
      raise(
        unknownKey,
        `${pointer}/${escapePointer(key)}`,
        `The key ${show(key)} of a message means nothing to this format.`,
        { data: { key, in: 'message' } },
      );
}

function show(key: string): string {
  return JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
}
