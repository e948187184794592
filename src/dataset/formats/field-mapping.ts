// The names of fields that a user, or lorch itself, gives a mapped format.
import type { Role } from '../example.ts';

/**
 * Names of fields: keys, paths (`data.question`) or JSON pointers (`/data/question`). Either `messages`, or `prompt` with
 * `answer`, or `messages` with the `answer` to them; with `rejected`, or with `chosen` and `rejected`, the rows are pairs.
 */
export interface FieldMapping {
  prompt?: string | undefined;
  input?: string | undefined;
  answer?: string | undefined;
  /** What the assistant thought before its answer. */
  reasoning?: string | undefined;
  /** The tool calls that are the answer, or are beside it. */
  calls?: string | undefined;
  system?: string | undefined;
  history?: string | undefined;
  messages?: string | undefined;
  /** Fields of a turn; `role` or `from`, and `content` or `value`, unless told. */
  role?: string | undefined;
  content?: string | undefined;
  weight?: string | undefined;
  /** The rows' own words for roles; or, if turns are plain texts, the roles that speak in turn. */
  roles?: Readonly<Record<string, MappedRole>> | readonly Role[] | undefined;
  tools?: string | undefined;
  chosen?: string | undefined;
  rejected?: string | undefined;
  /** What the format is called, if lorch itself found the mapping. */
  as?: string | undefined;
}

/** What a word for a role may mean; `function_call` is a turn whose text is a tool call. */
export type MappedRole = Role | 'function_call';
