// The meaning of a row's fields: a format's layout, or a user's mapping.
import type { TurnStyle } from './turn-style.ts';

/** Names of a row's fields; undefined if there is no such field. */
export interface Layout {
  /** The user's text. */
  prompt?: string | undefined;
  /** More of the user's text, joined to the prompt by a blank line. */
  input?: string | undefined;
  /** The assistant's text. */
  answer?: string | undefined;
  /** The assistant's reasoning and tool calls, in fields beside the answer. */
  reasoning?: string | undefined;
  calls?: string | undefined;
  system?: string | undefined;
  /** Pairs of earlier texts: user, assistant. */
  history?: string | undefined;
  /** A list of turns, read in `style`. */
  messages?: string | undefined;
  tools?: string | undefined;
  chosen?: string | undefined;
  rejected?: string | undefined;
  /** Which of two answers is better. */
  verdict?: string | undefined;
  style: TurnStyle;
  /** Names for prompt and answer if the row has none of their fields. */
  wanted?: { prompt: string; answer: string };
}

/** The fields that a layout names. */
export function layoutKeys(layout: Layout): Set<string> {
  const { prompt, input, answer, reasoning, calls, system, history, messages, tools } = layout;
  const { chosen, rejected, verdict } = layout;
  const asked = [prompt, input, system, history, messages, tools];
  const keys = [...asked, answer, reasoning, calls, chosen, rejected, verdict];
  return new Set(keys.filter((key) => key !== undefined));
}
