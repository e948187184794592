// Finds the fields with a prompt, its answer and their context, by names and values.
import { isRow } from '../fields.ts';
import { parseJson } from '../tools.ts';
import {
  answerEnds,
  answerWords,
  historyWords,
  inputWords,
  promptEnds,
  promptWords,
  reasoningEnds,
  reasoningWords,
  sideWords,
  systemWords,
  toolsWords,
} from './field-words.ts';
import { type Field, fills, isTextField, isVaried } from './survey.ts';

export interface Ranked {
  field: Field;
  /** 0: a name of a known format; 1: a likely name; 2: a name with a likely ending. */
  tier: number;
}

/** The fields that may be the prompt or the answer, most likely first. */
export function rankFields(fields: readonly Field[], rows: number, wanted: 'prompt' | 'answer'): Ranked[] {
  const tiers = wanted === 'prompt' ? promptWords : answerWords;
  const ends = wanted === 'prompt' ? promptEnds : answerEnds;
  return fields
    .flatMap((field) => {
      const message = wanted === 'answer' && isAnswerMessage(field, rows);
      const tier = message ? 0 : tiers.findIndex((names) => names.includes(field.word));
      const ended = tier < 0 && ends.some((end) => field.word.endsWith(end)) ? tiers.length : tier;
      if (ended < 0 || !(message || isTextField(field, rows)) || !isVaried(field)) return [];
      return [{ field, tier: ended, at: tiers[ended]?.indexOf(field.word) ?? 0 }];
    })
    .sort((a, b) => a.tier - b.tier || a.field.tokens.length - b.field.tokens.length || a.at - b.at)
    .map(({ field, tier }) => ({ field, tier }));
}

/** Whether a field contains a message of an assistant, or a list of such messages, as in API logs. */
export function isAnswerMessage({ values }: Field, rows: number): boolean {
  const isMessage = (value: unknown): boolean =>
    isRow(value) &&
    value.role === 'assistant' &&
    (value.content !== undefined || value.tool_calls !== undefined);
  const messages = values.filter((value) =>
    Array.isArray(value) ? value.length > 0 && value.every(isMessage) : isMessage(value),
  );
  return fills(messages.length, Math.min(rows, 100));
}

/** A field with a name that cannot mean anything else. */
export function findNamed(
  fields: readonly Field[],
  kind: 'input' | 'system' | 'history' | 'tools' | 'reasoning',
): Field | undefined {
  const known = {
    input: inputWords,
    system: systemWords,
    history: historyWords,
    tools: toolsWords,
    reasoning: reasoningWords,
  }[kind];
  const named = (field: Field): boolean =>
    known.includes(field.word) ||
    (kind === 'reasoning' && reasoningEnds.some((end) => field.word.endsWith(end)));
  return fields
    .filter((field) => named(field) && fits(field, kind))
    .sort((a, b) => a.tokens.length - b.tokens.length)[0];
}

function fits({ values }: Field, kind: 'input' | 'system' | 'history' | 'tools' | 'reasoning'): boolean {
  const most = (test: (value: unknown) => boolean): boolean =>
    fills(values.filter(test).length, values.length);
  if (kind === 'history') return most((value) => Array.isArray(value));
  if (kind === 'tools') return most((value) => Array.isArray(asJson(value)));
  if (kind === 'reasoning')
    return most(
      (value) =>
        typeof value === 'string' ||
        (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string'),
    );
  if (kind === 'system')
    return most((value) => typeof value === 'string' || Array.isArray(value) || isRow(value));
  return most((value) => typeof value === 'string');
}

/** Whether a field contains only tool calls. */
export function areCalls({ values }: Field, rows: number): boolean {
  const calls = values.filter((value) => {
    const list = asJson(value);
    return (
      Array.isArray(list) &&
      list.length > 0 &&
      list.every((call) => isRow(call) && typeof call.name === 'string' && call.arguments !== undefined)
    );
  });
  return fills(calls.length, Math.min(rows, 100));
}

/** The two answers of preference rows. */
export function findSides(
  fields: readonly Field[],
  rows: number,
): { chosen: Field; rejected: Field; sure: boolean } | null {
  for (const { chosen, rejected, sure } of sideWords) {
    const find = (word: string): Field | undefined =>
      fields.find((field) => field.word === word && fills(field.values.length, Math.min(rows, 100)));
    const [better, worse] = [find(chosen), find(rejected)];
    if (better && worse) return { chosen: better, rejected: worse, sure };
  }
  return null;
}

/** A rejected answer beside a conversation. */
export function findRejected(fields: readonly Field[]): Field | undefined {
  const names = new Set(sideWords.filter(({ sure }) => sure).map(({ rejected }) => rejected));
  return fields.find(({ word, tokens }) => tokens.length === 1 && names.has(word));
}

function asJson(value: unknown): unknown {
  return typeof value === 'string' ? parseJson(value) : value;
}
