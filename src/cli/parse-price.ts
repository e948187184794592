// `--price-per-hour`, shared by plan and train.
import { InvalidArgumentError } from 'commander';

/** A price, 0 or more. Throws InvalidArgumentError, a usage error, for anything else. */
export function parsePrice(text: string): number {
  const price = Number(text);
  if (text.trim() === '' || !Number.isFinite(price) || price < 0)
    throw new InvalidArgumentError('a number, 0 or more');
  return price;
}
