// Finds the parts of an example that the target format cannot store.
import { textOf } from '../content.ts';
import { keepExact } from '../exact-json.ts';
import type { Example, Message } from '../example.ts';

/** What an example may have in addition to plain texts of system, user and assistant. */
export const features = [
  'tools',
  'tool calls',
  'text beside tool calls',
  'tool call ids',
  'tool results',
  'developer messages',
  'message names',
  'reasoning',
  'weights',
  'messages without content',
  'rejected answers',
  'whole texts',
] as const;

export type Feature = (typeof features)[number];

/** Everything that a list of chat messages can store. */
export const chatFeatures: ReadonlySet<Feature> = new Set(
  features.filter((feature) => feature !== 'rejected answers' && feature !== 'whole texts'),
);

/** The features of `example` that are missing in `holds`, in words. */
export function missingFeatures(example: Example, holds: ReadonlySet<Feature>): string[] {
  const lost = new Set<string>();
  const need = (feature: Feature): void => {
    if (!holds.has(feature)) lost.add(feature);
  };
  if (example.tools) need('tools');
  if (example.rejected) need('rejected answers');
  for (const message of [...example.messages, ...(example.chosen ?? []), ...(example.rejected ?? [])])
    needOf(message, need);
  return [...lost];
}

function needOf(message: Message, need: (feature: Feature) => void): void {
  if (message.role === 'developer') need('developer messages');
  if (message.role === 'tool') need('tool results');
  if (message.tool_calls) {
    need('tool calls');
    if (message.tool_calls.some((call) => call.id !== undefined)) need('tool call ids');
    if (textOf(message.content) !== null) need('text beside tool calls');
  } else if (message.content === null) need('messages without content');
  if (message.tool_call_id !== undefined) need('tool call ids');
  if (message.name !== undefined) need('message names');
  if (message.reasoning_content !== undefined) need('reasoning');
  if (message.train === false) need('weights');
}

/** Fields beside the conversation that can be written, and the names of those whose key the format needs itself. */
export function splitMeta(
  meta: Record<string, unknown>,
  reserved: ReadonlySet<string>,
): { kept: Record<string, unknown>; lost: string[] } {
  const entries = Object.entries(meta);
  return {
    kept: keepExact(meta, Object.fromEntries(entries.filter(([key]) => !reserved.has(key)))),
    lost: entries.filter(([key]) => reserved.has(key)).map(([key]) => `the field ${JSON.stringify(key)}`),
  };
}
