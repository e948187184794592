// Applies patterns from configs and models to names, with a bound on their time.
import { createContext, Script } from 'node:vm';
import { UserError } from '../diagnostics/user-error.ts';

const timeoutMs = 2_000;

/** A quantifier over a group or directly after another, or several without bounds: what can backtrack for long. */
const nested = /[*+?}]\)*[*+{]|\)[*+{]/;
const manyUnbounded = 3;

/** Whether a pattern could take longer than its text is long. */
export function mayBacktrack(source: string): boolean {
  return nested.test(source) || (source.match(/[*+]|,\}/g)?.length ?? 0) > manyUnbounded;
}

/** The operations on a pattern, in bounded time: UserError M025 if one takes longer than two seconds. */
export interface BoundedPattern {
  exec(text: string): RegExpExecArray | null;
  test(text: string): boolean;
}

/** The pattern, bounded if it needs to be. `setting` is where it stands. */
export function boundPattern(pattern: RegExp, setting: string): BoundedPattern {
  if (!mayBacktrack(pattern.source)) return pattern;
  const context = createContext({ pattern, text: '' });
  const script = new Script('pattern.exec(text)');
  const known = new Map<string, RegExpExecArray | null>();
  const exec = (text: string): RegExpExecArray | null => {
    const before = known.get(text);
    if (before !== undefined) return before;
    context.text = text;
    try {
      const found = script.runInContext(context, { timeout: timeoutMs }) as RegExpExecArray | null;
      known.set(text, found);
      return found;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new UserError('M025', `${setting}: ${JSON.stringify(pattern.source)} takes too long on ${text}`, {
        hint: 'a repetition within a repetition, such as (a+)+, is tried in every possible way: write it once',
      });
    }
  };
  return { exec, test: (text) => exec(text) !== null };
}
