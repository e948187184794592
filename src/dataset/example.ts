// The canonical example: what every format is read into and written from.

/** Who speaks. `document` is not a speaker: the only message of a row that is a plain text (format text). */
export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'document';

/** Key of a message that no row and no JSON has. */
export const switchedOff = Symbol('not trained on');

export interface ToolCall {
  id?: string;
  type: 'function';
  function: { name: string; arguments: unknown };
}

type ContentPart = { type: 'text'; text: string } | ({ type: string } & Record<string, unknown>);

export interface Message {
  role: Role;
  /** Null only beside tool calls. */
  content: string | ContentPart[] | null;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
  name?: string;
  /** A thinking model's reasoning, if the row carries it apart from the content. */
  reasoning_content?: string;
  /** False: this assistant message is shown to the model but not trained on. */
  train?: false;
  /** The same of another role's message. It is outside the fingerprint: only `dataset.train_on` can make it count. */
  [switchedOff]?: true;
}

export interface Example {
  messages: Message[];
  tools?: unknown[];
  chosen?: Message[];
  rejected?: Message[];
  /** Fields of the row that belong to no role; kept for conversion, outside the fingerprint. */
  meta: Record<string, unknown>;
}

/** The text of a row that is a plain text; null for a conversation. */
export function documentOf({ messages }: Pick<Example, 'messages'>): string | null {
  const [first] = messages;
  return first?.role === 'document' && typeof first.content === 'string' ? first.content : null;
}

/** Where a row came from. `row` counts from 0 over all files in order; `line` and `column` from 1. */
export interface RowPlace {
  row: number;
  file: string;
  line: number;
  column: number;
}

/** Key of `meta`, no field of the row: the part of an alpaca prompt that was `input`. It keeps the two apart. */
export const inputPart = Symbol('alpaca input');
