// Option values that commander hands over as text.
import { InvalidArgumentError } from 'commander';

/** A similarity in decimal notation; whoever takes it says what is too small or too large. */
export function parseSimilarity(text: string): number {
  if (!/^\d*\.?\d+$/.test(text)) throw new InvalidArgumentError('a number such as 0.8 is needed.');
  return Number(text);
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return value;
}
