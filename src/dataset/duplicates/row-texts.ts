// Which texts of an example are compared, and when two prompts or two answers are the same.
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example, Message } from '../example.ts';
import { sameText } from './same-text.ts';

/** What is compared: the whole row, only the prompt, or only the answer. */
export type CompareKey = 'row' | 'prompt' | 'answer';

/**
 * Calls `found` with each compared text, in order. Prompt: the texts of all messages except the assistant's. Answer:
 * the assistant's texts, and chosen and rejected.
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

/** Prompt and answer in the compared form: equal strings mean the same prompt or the same answer. */
export interface RowFields {
  prompt: string;
  answer: string;
}

/**
 * The fields of a row. Texts are the same when `sameText` says so. Roles, names, tools, tool calls, reasoning and which
 * turns are trained count as well.
 */
export function rowFields(example: Example): RowFields {
  let prompt = '';
  let answer = '';
  const add = (message: Message, side: string): void => {
    const head = `\n${side}${message.role} ${message.name === undefined ? '' : JSON.stringify(message.name)}`;
    let content = sameText(textOf(message.content) ?? '');
    if (message.reasoning_content !== undefined || message.tool_calls)
      content += `\t${canonicalJson([message.reasoning_content ?? '', message.tool_calls?.map((call) => call.function) ?? []])}`;
    if (message.train === false) content += '\t-';
    prompt += head;
    if (message.role === 'assistant') answer += head + content;
    else prompt += content;
  };
  for (const message of example.messages) add(message, '');
  for (const message of example.chosen ?? []) add(message, '+');
  for (const message of example.rejected ?? []) add(message, '-');
  if (example.tools) prompt += `\ntools ${canonicalJson(example.tools)}`;
  return { prompt, answer };
}

/** Two rows with equal values differ only in numbers. */
export function templateOf({ prompt, answer }: RowFields): string {
  return `${prompt}\n\n${answer}`.replace(digits, '0');
}

const digits = /\p{N}+(?:[.,]\p{N}+)*/gu;
