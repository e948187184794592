// A row for the trainer: one line of examples.jsonl.
import { exactJson } from './exact-json.ts';
import { documentOf, type Example, inputPart, type Message, switchedOff } from './example.ts';

export interface TrainerMessage extends Message {
  /** Of alpaca's `input`: the end of the content, which the alpaca template writes under a heading of its own. */
  input?: string;
}

/** A conversation or, of the format text, a document. */
export type TrainerRow = ChatRow | { row: number; text: string; messages?: undefined; tools?: undefined };

interface ChatRow {
  row: number;
  messages: TrainerMessage[];
  tools?: unknown[];
}

/** For a preference pair, what training on the chosen answer would see. */
export function trainerRow(row: number, { messages, chosen, tools, meta }: Example): TrainerRow {
  const text = documentOf({ messages });
  if (text !== null) return { row, text };
  const both: TrainerMessage[] = chosen ? [...messages, ...chosen] : messages;
  const all = both.some((message) => message[switchedOff])
    ? both.map((message) => (message[switchedOff] ? { ...message, train: false as const } : message))
    : both;
  const input = (meta as Record<symbol, unknown>)[inputPart];
  return { row, messages: typeof input === 'string' ? withInput(all, input) : all, ...(tools && { tools }) };
}

/** The line of a row, in which numbers and keys of calls and tools stand as they were written. */
export function trainerLine(row: TrainerRow): string {
  const everyday = row.tools === undefined && !row.messages?.some(({ tool_calls: calls }) => calls);
  return `${everyday ? JSON.stringify(row) : exactJson(row)}\n`;
}

function withInput(messages: readonly TrainerMessage[], input: string): TrainerMessage[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map((message, i) =>
    i === last && typeof message.content === 'string' && message.content.endsWith(`\n\n${input}`)
      ? { ...message, input }
      : message,
  );
}
