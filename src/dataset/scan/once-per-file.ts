// Checks that are said once a file for the same message.
import { checks } from '../checks/index.ts';

// If every row brings new keys of its own, so many messages of a code are enough to see that.
const saidLimit = 100;

const codes: ReadonlySet<string> = new Set(
  checks.filter((check) => check.oncePerFile).map(({ code }) => code),
);

/** Whether a finding says what was said before; a memory of one file. */
export function createRepeats(): (code: string, message: string) => boolean {
  const saidOf = new Map<string, Set<string>>();
  return (code, message) => {
    if (!codes.has(code)) return false;
    const said = saidOf.get(code) ?? new Set();
    saidOf.set(code, said);
    if (said.size >= saidLimit || said.has(message)) return true;
    said.add(message);
    return false;
  };
}
