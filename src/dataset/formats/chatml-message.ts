// A message in the form of chat APIs, for the formats that use it.
import { type Message, switchedOff } from '../example.ts';
import type { Row } from './format.ts';

/** The message with its weight in the form of chat APIs. */
export function renderMessage({ train, [switchedOff]: off, ...message }: Message): Row {
  return train === false || off ? { ...message, weight: 0 } : message;
}
