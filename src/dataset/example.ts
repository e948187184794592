// The canonical example: every format is read into it and written from it.

/** The speaker. `document` is the only message of a plain-text row (format text). */
export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'document';

/** A message key that does not occur in rows or JSON. */
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
  /** The reasoning of a thinking model, if the row has it separately from the content. */
  reasoning_content?: string;
  /** False if the model sees this assistant message but is not trained on it. */
  train?: false;
  /** The same for a message of another role. Not part of the fingerprint, because only `dataset.train_on` uses it. */
  [switchedOff]?: true;
}

export interface Example {
  messages: Message[];
  tools?: unknown[];
  chosen?: Message[];
  rejected?: Message[];
  /** Other fields of the row; kept for conversion, not part of the fingerprint. */
  meta: Record<string, unknown>;
}

/** The text of a plain-text row; null for a conversation. */
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

/** Key of `meta` that is not a field of the row: the part of an alpaca prompt that was `input`, to keep the two separate. */
export const inputPart = Symbol('alpaca input');
