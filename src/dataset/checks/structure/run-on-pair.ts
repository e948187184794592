// Runs a check on a preference pair, which is two conversations: the prompt with each answer.
import type { Example, Message } from '../../example.ts';
import type { Check, Pair, Report, Spot, Thresholds } from '../check.ts';

/** Whether an example is a preference pair. */
export function isPair(example: Example): example is Pair {
  return example.chosen !== undefined && example.rejected !== undefined;
}

/** Runs a check on the pair itself, on the chosen answer, and on the rejected one if the check asks for that. */
export function runOnPair(
  check: Check,
  example: Pair,
  report: Report,
  thresholds: Thresholds,
  row: Readonly<Record<string, unknown>>,
): void {
  check.runPair?.(example, report);
  if (!check.run || check.notPairs) return;
  const before = example.messages.length;
  const onChosen: Report = (spot, ...rest) => report(spotInSide(example, 'chosen', spot), ...rest);
  check.run(conversation(example, 'chosen'), onChosen, thresholds, row);
  if (!check.bothSides) return;
  const onRejected: Report = (spot, ...rest) => {
    // The prompt was already checked with the chosen answer.
    if (spot.message < 0 || spot.message >= before) report(spotInSide(example, 'rejected', spot), ...rest);
  };
  check.run(conversation(example, 'rejected'), onRejected, thresholds, row);
}

/** The prompt with one of the answers, as a separate example. */
export function conversation(
  { messages, tools, meta, ...sides }: Pair,
  side: 'chosen' | 'rejected',
): Example {
  const answer: readonly Message[] = sides[side];
  return { messages: [...messages, ...answer], ...(tools && { tools }), meta };
}

/** Maps a place in such a conversation to the place in the pair. */
export function spotInSide({ messages }: Pair, list: 'chosen' | 'rejected', spot: Spot): Spot {
  if (spot.meta !== undefined || spot.tool !== undefined) return spot;
  if (spot.message < 0) return { ...spot, list };
  return spot.message < messages.length ? spot : { ...spot, list, message: spot.message - messages.length };
}
