// A message as chat APIs write it, for the formats that hold such messages.
import type { Message } from '../example.ts';
import type { Row } from './format.ts';

/** The message with its weight as chat APIs have it. */
export function renderMessage({ train, ...message }: Message): Row {
  return train === false ? { ...message, weight: 0 } : message;
}
