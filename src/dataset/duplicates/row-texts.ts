// Which texts of an example are compared, and what makes two prompts or two answers the same.
import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example, Message } from '../example.ts';
import { normalForm, wordless, wordsOf } from './words.ts';

/** What is compared: the whole row, only what is asked, or only what is answered. */
export type CompareKey = 'row' | 'prompt' | 'answer';

export const compareKeys: readonly CompareKey[] = ['row', 'prompt', 'answer'];

/**
 * Calls `found` with each text that is compared, in order. Prompt: what every message but the assistant's says; answer:
 * what those say, and chosen and rejected.
 */
export function eachRowText(
  example: Example,
  key: CompareKey,
  found: (text: string, isAnswer: boolean) => void,
): void {
  const add = (messages: readonly Message[], preferred: boolean): void => {
    for (let i = 0; i < messages.length; i += 1) {
      const message = messages[i] as Message;
      const isAnswer = preferred || message.role === 'assistant';
      const text = key === 'row' || isAnswer === (key === 'answer') ? textOf(message.content) : null;
      if (text !== null) found(text, isAnswer);
    }
  };
  add(example.messages, false);
  if (example.chosen) add(example.chosen, true);
  if (example.rejected) add(example.rejected, true);
}

/** The texts compared, in order. */
export function rowTexts(example: Example, key: CompareKey): string[] {
  const texts: string[] = [];
  eachRowText(example, key, (text) => texts.push(text));
  return texts;
}

/** Equal strings mean: the same prompt, the same answer, the same row but for numbers. */
export interface FieldKeys {
  prompt: string;
  answer: string;
  template: string;
}

/**
 * 128-bit keys of a row's fields. Texts are the same when their words and their signs are: case, punctuation and white
 * space are forgiven, but not a plus for a minus, C# for C, or a vowel sign. Roles, tools, tool calls, reasoning and
 * which turns are trained count as well.
 */
export function fieldKeys(example: Example): FieldKeys {
  let prompt = '';
  let answer = '';
  let template = '';
  const add = (message: Message, side: string): void => {
    const isAnswer = message.role === 'assistant';
    const head = `\n${side}${message.role} `;
    const text = textOf(message.content) ?? '';
    const words = wordsOf(text, 'words').join(' ');
    const signs = signsOf(text);
    const more =
      message.reasoning_content === undefined && !message.tool_calls
        ? ''
        : canonicalJson([
            message.reasoning_content ?? '',
            message.tool_calls?.map((call) => call.function) ?? [],
          ]);
    const content = `${words === '' ? wordless(text) : words}\t${signs}\t${more}${message.train === false ? '-' : ''}`;
    template += `${head}${words}\t${signs}\t${more}`.replace(digits, '0');
    prompt += head;
    if (isAnswer) answer += head + content;
    else prompt += content;
  };
  for (const message of example.messages) add(message, '');
  for (const message of example.chosen ?? []) add(message, '+');
  for (const message of example.rejected ?? []) add(message, '-');
  if (example.tools) {
    const tools = `\ntools ${canonicalJson(example.tools)}`;
    prompt += tools;
    template += tools.replace(digits, '0');
  }
  return { prompt: digest(prompt), answer: digest(answer), template: digest(template) };
}

const digits = /\p{N}+/gu;

// Marks, mathematical signs, # after a letter, minus before a number or between two, operators between operands.
const sign =
  /[\p{M}\p{Sm}]|(?<=\p{L})#|(?<![\p{L}\p{N}])-(?=\p{N})|(?<=\p{N}\s?)-(?=\s?\p{N})|(?<=[\p{L}\p{N})\]]\s?)[*/%&^](?=\s?[\p{L}\p{N}([])/gu;

function signsOf(text: string): string {
  return normalForm(text).match(sign)?.join('') ?? '';
}

function digest(text: string): string {
  return hash('sha256', text, 'binary').slice(0, 16);
}
