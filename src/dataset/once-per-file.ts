// Checks that are said once a file for the same message.
import { checks } from './checks/index.ts';

// Where every row brings new keys of its own, these are enough to see that.
const saidLimit = 100;

const codes: ReadonlySet<string> = new Set(
  checks.filter((check) => check.oncePerFile).map(({ code }) => code),
);

/** Whether a finding says what was said before; a memory of one file. */
export function createRepeats(): (code: string, message: string) => boolean {
  const said = new Set<string>();
  return (code, message) => {
    if (!codes.has(code)) return false;
    if (said.size >= saidLimit) return true;
    const key = `${code} ${message}`;
    if (said.has(key)) return true;
    said.add(key);
    return false;
  };
}
