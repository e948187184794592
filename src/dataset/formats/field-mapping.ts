// The field names of a mapped format, given by the user or found by lorch.
import type { Role } from '../example.ts';

/**
 * Names of fields: keys, paths (`data.question`) or JSON pointers (`/data/question`). Either `messages`, or `prompt` with
 * `answer`, or `messages` with the `answer` to them; with `rejected`, or with `chosen` and `rejected`, the rows are pairs.
 */
export interface FieldMapping {
  prompt?: string | undefined;
  input?: string | undefined;
  answer?: string | undefined;
  /** The assistant's reasoning before its answer. */
  reasoning?: string | undefined;
  /** Tool calls that are the answer or beside it. */
  calls?: string | undefined;
  system?: string | undefined;
  history?: string | undefined;
  messages?: string | undefined;
  /** Fields of a turn; by default `role` or `from`, and `content` or `value`. */
  role?: string | undefined;
  content?: string | undefined;
  weight?: string | undefined;
  /** The rows' words for roles; or, if turns are plain texts, the alternating roles. */
  roles?: Readonly<Record<string, MappedRole>> | readonly Role[] | undefined;
  tools?: string | undefined;
  chosen?: string | undefined;
  rejected?: string | undefined;
  /** The name of the format, if lorch found the mapping. */
  as?: string | undefined;
}

/** The possible meanings of a word for a role; `function_call` is a turn whose text is a tool call. */
export type MappedRole = Role | 'function_call';
