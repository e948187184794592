// What a source is called: its path as typed, or a name for stdin.
import { quotePath } from '../../diagnostics/quote-path.ts';

export const stdinLabel = '<stdin>';

/** A source, by its label, as the argument of a command that a user may copy. */
export function quoteSource(label: string): string {
  return label === stdinLabel ? '-' : quotePath(label);
}
