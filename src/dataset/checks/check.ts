// A check: its code and prose, the function that runs it, and examples from which its page and its test are made.
import type { CodeDoc } from '../../diagnostics/finding.ts';
import type { Example } from '../example.ts';

export interface Check extends CodeDoc {
  hint: string;
  /** The row cannot be used at all: such a check is neither switched off nor made milder. */
  fatal?: true;
  /** Said once a file for the same message; more of the same would tell nothing. */
  oncePerFile?: true;
  /** Files that yield this code and no other, and where. */
  bad: CheckExample[];
  /** Files that yield nothing. */
  good: (string | Uint8Array)[];
  /** Looks at one canonical example. Absent where a reader, a format or the scan itself raises the finding. */
  run?(example: Example, report: Report): void;
}

export interface CheckExample {
  text: string | Uint8Array;
  /** The pointer of the finding; absent where it belongs to the file or to the whole row. */
  pointer?: string;
  /** The file's name, where it matters. */
  file?: string;
}

/** What a message's place is made of; the row's format turns it into a pointer into the raw row. */
export interface Spot {
  /** Index into `messages`; -1 is the row itself. */
  message: number;
  field?: 'role' | 'content' | 'tool_calls' | 'tool_call_id' | 'reasoning_content';
  /** A pointer below the field, e.g. `/0/function/name`. */
  below?: string;
  /** UTF-16 unit inside the field's text. */
  inside?: number;
}

export type Report = (spot: Spot, message: string, data?: Record<string, unknown>) => void;

/** A finding on its way: not yet a place in the file. */
export interface Draft {
  check: Check;
  message: string;
  /** Into the raw row. */
  pointer: string;
  inside?: number;
  /** UTF-16 offset into the row's text, where that is known and no pointer leads there. */
  offset?: number;
  hint?: string;
  data?: Record<string, unknown>;
}
