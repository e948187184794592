// Option values that commander hands over as text.
import { InvalidArgumentError } from 'commander';

/** A similarity in decimal notation; its user checks the range. */
export function parseSimilarity(text: string): number {
  if (!/^\d*\.?\d+$/.test(text)) throw new InvalidArgumentError('a number such as 0.8 is needed.');
  return Number(text);
}

/** Whole numbers from 1, separated by commas. */
export function parseCounts(text: string): number[] {
  return text.split(',').map((each) => parseCount(each.trim()));
}

/** A time in seconds, above 0. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || seconds <= 0)
    throw new InvalidArgumentError('a number above 0 is needed.');
  return seconds;
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return value;
}

/** A whole number, also below 0. */
export function parseWhole(text: string): number {
  const value = Number(text);
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return value;
}

/** The values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
