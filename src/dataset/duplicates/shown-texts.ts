// The parts of a row that are kept to show a pair: its texts, and other fields in which rows can differ.
import { canonicalJson } from '../canonical-json.ts';
import type { Example, Message } from '../example.ts';
import { rowTexts } from './row-texts.ts';

export interface ShownTexts {
  prompt: string;
  answer: string;
  /** Roles, tools and other fields of the row, each as one line of text. */
  beside: Readonly<Record<string, string>>;
}

/** The texts of a row for showing. */
export function shownTexts(example: Example): ShownTexts {
  return {
    prompt: rowTexts(example, 'prompt').join('\n'),
    answer: rowTexts(example, 'answer').join('\n'),
    beside: besideTexts(example),
  };
}

/** Other fields in which two rows differ, each with both values. */
export function differsBeside(a: ShownTexts, b: ShownTexts): { field: string; a: string; b: string }[] {
  const fields = new Set([...Object.keys(a.beside), ...Object.keys(b.beside)]);
  return [...fields].flatMap((field) => {
    const pair = { field, a: a.beside[field] ?? '', b: b.beside[field] ?? '' };
    return pair.a === pair.b ? [] : [pair];
  });
}

function besideTexts({ messages, chosen = [], rejected = [], tools }: Example): Record<string, string> {
  const all = [...messages, ...chosen, ...rejected];
  const beside: Record<string, string> = { roles: all.map(({ role }) => role).join(', ') };
  if (tools) beside.tools = canonicalJson(tools);
  const add = (field: string, of: (message: Message) => string | null): void => {
    const found = all.flatMap((message) => of(message) ?? []);
    if (found.length > 0) beside[field] = found.join(' ');
  };
  add('tool calls', ({ tool_calls: calls }) =>
    calls ? canonicalJson(calls.map((call) => call.function)) : null,
  );
  add('reasoning', ({ reasoning_content: reasoning }) => reasoning ?? null);
  add('parts', ({ content }) =>
    Array.isArray(content) && content.some(({ type }) => type !== 'text')
      ? canonicalJson(content.filter(({ type }) => type !== 'text'))
      : null,
  );
  beside['trained on'] = 'all answers';
  if (all.some(({ train }) => train === false))
    add('trained on', ({ role, train }) => (role === 'assistant' ? (train === false ? 'no' : 'yes') : null));
  return beside;
}
