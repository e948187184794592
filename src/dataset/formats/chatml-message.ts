// A message as chat APIs write it, for the formats that hold such messages.
import { type Message, switchedOff } from '../example.ts';
import type { Row } from './format.ts';

/** The message with its weight as chat APIs have it. */
export function renderMessage({ train, [switchedOff]: off, ...message }: Message): Row {
  return train === false || off ? { ...message, weight: 0 } : message;
}
