// The options of a command as they were typed, for the next command that it prints.
import type { Command } from 'commander';
import { quotePath } from '../diagnostics/quote-path.ts';

/** ` --near 0.8 --keep best`: what was typed, without the options named in `except`. */
export function typedOptions(command: Command, except: readonly string[]): string {
  const words = command.options
    .filter((option) => option.long !== undefined && !except.includes(option.long))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .flatMap((option) => {
      const value: unknown = command.getOptionValue(option.attributeName());
      if (value === true) return [String(option.long)];
      return [String(option.long), ...[value].flat().map((each) => quotePath(String(each)))];
    });
  return words.map((word) => ` ${word}`).join('');
}
