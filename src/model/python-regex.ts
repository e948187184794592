import { UserError } from '../diagnostics/user-error.ts';
import { type BoundedPattern, boundPattern } from './bounded-pattern.ts';

/** Compiles a Python pattern to the part of a name that `re.fullmatch` or `re.match` would compare. */
export function pythonRegex(pattern: string, how: 'fullmatch' | 'match', setting: string): BoundedPattern {
  // What is written otherwise in JavaScript: named groups and their references, \A, \Z, flags at the front.
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const body = pattern
    .slice(flags?.[0].length ?? 0)
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$');
  try {
    const source = how === 'fullmatch' ? `^(?:${body})$` : `^(?:${body})`;
    return boundPattern(new RegExp(source, flags?.[1] ?? ''), setting);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'M004',
      `${setting}: ${JSON.stringify(pattern)} is not a regular expression (${reason})`,
      {
        hint: 'to name modules by the end of their names, write a list: [q_proj, v_proj]',
        cause: error,
      },
    );
  }
}
