// Finds the mapping that reads rows of an unknown format, with reasons and doubts.
import { sideOf } from '../../meaning/two-sides.ts';
import type { FieldMapping } from '../field-mapping.ts';
import { anyOf } from '../fields.ts';
import type { Row } from '../format.ts';
import { bareName } from './field-words.ts';
import {
  areCalls,
  findNamed,
  findRejected,
  findSides,
  isAnswerMessage,
  type Ranked,
  rankFields,
} from './find-fields.ts';
import { type FoundTurns, findTurns } from './find-turns.ts';
import { type Field, isTextField, isVaried, surveyFields } from './survey.ts';

type MappingKey = Exclude<keyof FieldMapping, 'as'>;

export interface Inferred {
  mapping: FieldMapping;
  /** Why each field was chosen, in the order of the written mapping. */
  reasons: { key: MappingKey; why: string }[];
  /** What may be wrong; empty if the mapping is certain. */
  doubts: string[];
}

/** The best mapping of these rows; null if they contain nothing like a conversation, or a prompt and its answer. */
export function inferMapping(rows: readonly Row[]): Inferred | null {
  const fields = surveyFields(rows);
  const pair = inferPair(fields, rows.length);
  // Only one side of a pair: never read a rejected answer as the answer.
  if (!pair && rows.some((row) => Object.keys(row).some((key) => sideOf(key) !== null))) return null;
  return (
    pair ?? inferTurns(fields, rows.length) ?? inferFlat(fields, rows.length) ?? guess(fields, rows.length)
  );
}

class Draft implements Inferred {
  mapping: FieldMapping = {};
  reasons: Inferred['reasons'] = [];
  doubts: string[] = [];

  set(key: Exclude<MappingKey, 'roles'>, field: Field | string | undefined, why: string): void {
    if (field === undefined) return;
    this.mapping[key] = typeof field === 'string' ? field : field.name;
    this.reasons.push({ key, why });
    if (typeof field !== 'string' && field.oneOfSeveral)
      this.doubts.push(`"${field.name}" is the first element of a list that has several`);
  }

  doubt(...reasons: (string | null)[]): void {
    for (const reason of reasons) if (reason !== null) this.doubts.push(reason);
  }
}

function inferPair(fields: readonly Field[], rows: number): Inferred | null {
  const sides = findSides(fields, rows);
  if (!sides) return null;
  const draft = new Draft();
  const rest = outside(fields, [sides.chosen, sides.rejected]);
  const turns = findTurns(rest, rows)[0];
  const whole = findTurns([sides.chosen], rows).length > 0;
  const prompt = rankFields(rest, rows, 'prompt')[0];
  if (turns && !whole) addTurns(draft, turns);
  else if (prompt) draft.set('prompt', prompt.field, 'the user text, before both answers');
  else if (whole) addStyle(draft, findTurns([sides.chosen], rows)[0]);
  if (!turns && !prompt && !whole) draft.doubt('no field looks like the prompt');
  draft.set('chosen', sides.chosen, 'the better answer, by its name');
  draft.set('rejected', sides.rejected, 'the worse answer, by its name');
  addBeside(draft, rest);
  if (!sides.sure)
    draft.doubt(`the names do not say for certain that "${sides.chosen.name}" is the better answer`);
  draft.mapping.as = 'preference';
  return draft;
}

function inferTurns(fields: readonly Field[], rows: number): Inferred | null {
  const candidates = findTurns(fields, rows);
  const [turns] = candidates.filter(({ field }) => !/history$/.test(field.word) || candidates.length === 1);
  if (!turns) return null;
  const draft = new Draft();
  const rest = outside(fields, [turns.field]);
  const answers = turns.answered ? [] : rankFields(rest, rows, 'answer');
  const [answer] = answers;
  // A list without an answer is not the conversation if there are a prompt and an answer.
  if (/history$/.test(turns.field.word) && rankFields(rest, rows, 'answer').length > 0) return null;
  if (!turns.answered && !answer) return null;
  addTurns(draft, turns);
  if (answer) {
    const what = isAnswerMessage(answer.field, rows) ? 'a message of the assistant' : 'a text, by its name';
    draft.set('answer', answer.field, `the answer to the messages: ${what}`);
    draft.doubt(...rivals(answers, 'answer'));
  }
  const rejected = findRejected(rest);
  if (turns.answered) draft.set('rejected', rejected, 'a worse answer than the last one of the conversation');
  addBeside(draft, rest);
  const other = candidates.find(
    ({ field, doubt }) =>
      field !== turns.field &&
      !(answer && within(answer.field, field)) &&
      doubt === null &&
      !within(field, turns.field) &&
      !within(turns.field, field),
  );
  if (other && turns.doubt === null && !/history$/.test(other.field.word))
    draft.doubt(`"${other.field.name}" is a conversation, too`);
  const { role, content, messages } = draft.mapping;
  if (
    role === undefined &&
    content === undefined &&
    !draft.mapping.roles &&
    Array.isArray(turns.field.values[0])
  ) {
    if (messages !== undefined && bareName(messages) === 'messages') draft.mapping.as = 'chatml';
    if (messages !== undefined && /^conversations?$/.test(bareName(messages))) draft.mapping.as = 'sharegpt';
  }
  return draft;
}

function addTurns(draft: Draft, turns: FoundTurns): void {
  draft.set('messages', turns.field, turns.why);
  addStyle(draft, turns);
}

function addStyle(draft: Draft, turns: FoundTurns | undefined): void {
  if (!turns) return;
  draft.set('role', turns.role, 'says who speaks');
  draft.set('content', turns.content, 'what is said');
  if (turns.roles) {
    draft.mapping.roles = turns.roles;
    draft.reasons.push({ key: 'roles', why: 'what the words for speakers mean; correct them if need be' });
  }
  draft.doubt(turns.doubt);
}

/** Words that rarely name an answer or a prompt. */
const weakWords = new Set([
  'label',
  'result',
  'summary',
  'attempt',
  'task',
  'message',
  'a',
  'completions',
  'request',
]);

function inferFlat(fields: readonly Field[], rows: number): Inferred | null {
  const called = fields.find((field) => field.tokens.length === 1 && areCalls(field, rows));
  const prompts = rankFields(fields, rows, 'prompt').filter(({ field }) => field !== called);
  const answers = rankFields(fields, rows, 'answer').filter(({ field }) => field !== called);
  const prompt = prompts[0] && choosePrompt(prompts);
  const answer = answers.find(({ field }) => field !== prompt?.field && !within(field, prompt?.field));
  if (!prompt || (!answer && !called)) return null;
  const draft = new Draft();
  draft.set('prompt', prompt.field, `the user text: ${because(prompt)}`);
  const used = [prompt.field, ...(answer ? [answer.field] : []), ...(called ? [called] : [])];
  const rest = outside(fields, used);
  const input = findNamed(
    rest.filter((field) => field.tokens.length === prompt.field.tokens.length),
    'input',
  );
  draft.set('input', input, 'more of the user text, joined by a blank line');
  if (called && !answer) draft.set('calls', called, 'the tool calls that answer');
  else draft.set('answer', answer?.field, `the assistant's text: ${answer && because(answer)}`);
  draft.set('reasoning', findNamed(rest, 'reasoning'), 'what the assistant thought before its answer');
  addBeside(draft, rest);
  draft.set('history', findNamed(rest, 'history'), 'earlier turns');
  const others = prompts.filter(({ field }) => field !== input && field !== answer?.field);
  draft.doubt(
    ...rivals(others, 'user text'),
    ...rivals(
      answers.filter(({ field }) => field !== prompt.field),
      'answer',
    ),
  );
  for (const { field, tier } of [prompt, ...(answer ? [answer] : [])])
    if (tier === 2 || weakWords.has(field.word))
      draft.doubt(`the name "${field.name}" does not say it for certain`);
  if (prompt.tier === 0 && (answer?.tier ?? 1) === 0 && used.every(({ tokens }) => tokens.length === 1))
    draft.mapping.as = 'alpaca';
  return draft;
}

// "input" is the prompt only if nothing else is.
function choosePrompt(prompts: readonly Ranked[]): Ranked | undefined {
  const [first, second] = prompts;
  return first?.field.word === 'input' && second ? second : first;
}

function because({ field, tier }: Ranked): string {
  if (tier === 2) return 'its name ends like a usual one';
  if (tier === 1) return 'a usual name for it';
  return field.name === field.word
    ? 'named as in alpaca'
    : 'named as in alpaca, except for capitals, spaces or its place';
}

// Fields whose names fit as well as the chosen one.
function rivals(ranked: readonly Ranked[], what: string): string[] {
  const [first, ...others] = ranked;
  const like = others.filter(
    ({ field, tier }) => tier === first?.tier && field.tokens.length === first.field.tokens.length,
  );
  return like.length === 0
    ? []
    : [
        `the ${what} could also be ${anyOf(like.slice(0, 4).map(({ field }) => field.name)).replaceAll('`', '"')}`,
      ];
}

function addBeside(draft: Draft, rest: readonly Field[]): void {
  draft.set('system', findNamed(rest, 'system'), 'the system text');
  draft.set('tools', findNamed(rest, 'tools'), 'the tools that may be called');
}

const idWords = new Set(
  'id uuid index idx url link date time created createdat timestamp lang language locale category topic split type level model hash name author'.split(
    ' ',
  ),
);

// Two text fields that differ from row to row are probably a prompt and its answer, but a person must decide.
function guess(all: readonly Field[], rows: number): Inferred | null {
  const lists = findTurns(all, rows).map(({ field }) => field);
  const fields = outside(all, lists);
  const texts = fields.filter(
    (field) =>
      isTextField(field, rows) && isVaried(field) && !idWords.has(field.word) && !field.word.endsWith('id'),
  );
  const known = rankFields(fields, rows, 'prompt')[0]?.field;
  const said = rankFields(fields, rows, 'answer').find(({ field }) => field !== known)?.field;
  const [first, second, third] = known ? [known, ...texts.filter((field) => field !== known)] : texts;
  const answer = said && said !== first ? said : second;
  if (!first || !answer || third) return null;
  const draft = new Draft();
  draft.set(
    'prompt',
    first === answer ? second : first,
    'one of the two texts of the row; is it the user text?',
  );
  draft.set('answer', answer, 'the other one; is it the answer?');
  draft.doubt(`the names do not say which of the two texts is the prompt and which the answer`);
  return draft;
}

function outside(fields: readonly Field[], used: readonly Field[]): Field[] {
  return fields.filter((field) => !used.some((each) => each === field || within(field, each)));
}

function within(field: Field, of: Field | undefined): boolean {
  return of !== undefined && field !== of && of.tokens.every((token, i) => field.tokens[i] === token);
}
