// Which texts of an example are compared, and what makes two prompts or two answers the same.
import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example, Message } from '../example.ts';
import { normalForm, wordless, wordsOf } from './words.ts';

/** What is compared: the whole row, only what is asked, or only what is answered. */
export type CompareKey = 'row' | 'prompt' | 'answer';

export const compareKeys: readonly CompareKey[] = ['row', 'prompt', 'answer'];

/** The texts compared, in order. Prompt: every message but the assistant's; answer: those, and chosen and rejected. */
export function rowTexts(example: Example, key: CompareKey): string[] {
  const texts: string[] = [];
  const add = (message: Message): void => {
    const text = textOf(message.content);
    if (text !== null) texts.push(text);
  };
  for (const message of example.messages)
    if (key === 'row' || (message.role === 'assistant') === (key === 'answer')) add(message);
  if (key !== 'prompt')
    for (const message of [...(example.chosen ?? []), ...(example.rejected ?? [])]) add(message);
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
    const head = `\n${side}${message.role}${message.train === false ? '-' : ''} `;
    const text = textOf(message.content) ?? '';
    const words = wordsOf(text, 'words');
    const content = words.length > 0 ? `${words.join(' ')}\t${signsOf(text)}` : wordless(text);
    const more =
      message.reasoning_content === undefined && !message.tool_calls
        ? ''
        : canonicalJson([
            message.reasoning_content ?? '',
            message.tool_calls?.map((call) => call.function) ?? [],
          ]);
    template += head + words.join(' ').replace(digits, '0') + more.replace(digits, '0');
    prompt += head;
    if (message.role === 'assistant') answer += head + content + more;
    else prompt += content + more;
  };
  for (const message of example.messages) add(message, '');
  for (const message of example.chosen ?? []) add(message, '+');
  for (const message of example.rejected ?? []) add(message, '-');
  if (example.tools) prompt += `\ntools ${canonicalJson(example.tools)}`;
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
