// A row as the trainer reads it: the line of examples.jsonl.
import { type Example, inputPart, type Message } from './example.ts';

export interface TrainerMessage extends Message {
  /** Of alpaca's `input`: the end of the content, which the alpaca template writes under a heading of its own. */
  input?: string;
}

export interface TrainerRow {
  row: number;
  messages: TrainerMessage[];
  tools?: unknown[];
}

/** Of a preference pair what training on the chosen answer would see. */
export function trainerRow(row: number, { messages, chosen, tools, meta }: Example): TrainerRow {
  const all: TrainerMessage[] = chosen ? [...messages, ...chosen] : messages;
  const input = (meta as Record<symbol, unknown>)[inputPart];
  return { row, messages: typeof input === 'string' ? withInput(all, input) : all, ...(tools && { tools }) };
}

function withInput(messages: readonly TrainerMessage[], input: string): TrainerMessage[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map((message, i) =>
    i === last && typeof message.content === 'string' && message.content.endsWith(`\n\n${input}`)
      ? { ...message, input }
      : message,
  );
}
