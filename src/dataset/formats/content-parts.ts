// A message's content: a text, nothing, or a list of parts whose texts are joined as chat templates join them.
import { unsupportedPart } from '../checks/structure/unsupported-part.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { isRow, noteMessageKeys, typeName } from './fields.ts';
import type { Location, Raise } from './format.ts';

/** Types of text parts in chat APIs; a refusal is text of the assistant. */
const textTypes: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text', 'refusal']);
const textKeys = ['text', 'value', 'refusal'] as const;
const partKeys: ReadonlySet<string> = new Set(['type', ...textKeys]);

/**
 * Text, null, or parts such as `{type: "text", text}` as one text. Undefined with a finding if it is anything else.
 */
export function readContent(value: unknown, pointer: string, raise: Raise): string | null | undefined {
  if (typeof value === 'string' || value === null) return value;
  // A single part that some writers do not put into a list.
  if (isTextPart(value)) {
    noteMessageKeys(value, partKeys, pointer, raise);
    return value[textKey(value)] as string;
  }
  if (!Array.isArray(value)) {
    raise(wrongType, pointer, `The content should be text, but is ${typeName(value)}.`);
    return undefined;
  }
  let text = '';
  for (const [i, part] of value.entries()) {
    const at = `${pointer}/${i}`;
    const type = isRow(part) ? (part.type ?? 'text') : 'text';
    if (!textTypes.has(type)) {
      raise(unsupportedPart, at, `This content part is ${JSON.stringify(type)}, not text.`);
      return undefined;
    }
    const words = wordsOf(part);
    if (typeof words !== 'string') {
      const held = words === undefined ? 'none' : typeName(words);
      raise(wrongType, at, `This content part should hold text, but holds ${held}.`);
      return undefined;
    }
    if (isRow(part)) noteMessageKeys(part, partKeys, at, raise);
    text += words;
  }
  return text;
}

/** The place of a UTF-16 unit of the joined text: in the text itself, or in one of its parts. */
export function locateContent(value: unknown, pointer: string, inside: number | undefined): Location {
  if (isTextPart(value))
    return { pointer: `${pointer}/${textKey(value)}`, ...(inside !== undefined && { inside }) };
  if (inside === undefined || !Array.isArray(value))
    return { pointer, ...(inside !== undefined && { inside }) };
  let before = 0;
  for (const [i, part] of value.entries()) {
    const length = textLength(wordsOf(part));
    if (inside < before + length) {
      const key = isRow(part) ? `/${textKey(part)}` : '';
      return { pointer: `${pointer}/${i}${key}`, inside: inside - before };
    }
    before += length;
  }
  return { pointer };
}

/** UTF-16 units of a text or of all its parts; 0 for anything else. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, part) => sum + textLength(wordsOf(part)), 0);
  if (isTextPart(value)) return textLength(wordsOf(value));
  return typeof value === 'string' ? value.length : 0;
}

function isTextPart(value: unknown): value is Record<string, unknown> {
  return isRow(value) && textTypes.has(value.type ?? 'text') && typeof wordsOf(value) === 'string';
}

function wordsOf(part: unknown): unknown {
  return isRow(part) ? part[textKey(part)] : part;
}

function textKey(part: Record<string, unknown>): string {
  return textKeys.find((key) => part[key] !== undefined && part[key] !== null) ?? 'text';
}
