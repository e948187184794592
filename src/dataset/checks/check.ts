// A check: its code and prose, its function, and examples from which its page and its test are generated.
import type { CodeDoc, TextFix } from '../../diagnostics/finding.ts';
import type { Example } from '../example.ts';

export interface Check extends CodeDoc {
  hint: string;
  /** The row cannot be used at all, so the check cannot be switched off or given a lower severity. */
  fatal?: true;
  /** Report the same message once per file, because repeating it would not help. */
  oncePerFile?: true;
  /** `structure` (default): whether a row can be used. `content`: whether it is worth using. `consistency`: compares it with other rows. */
  group?: CheckGroup;
  /** If this other check reports the same text, its finding says more, so this one is dropped. */
  saidBy?: {
    code: string;
    /** Largest distance between the two places in UTF-16 units; by default anywhere in the text. */
    within?: number;
  };
  /** For a check without a function: the files of src (a folder ends in `/`) that raise it. */
  raisedBy?: readonly string[];
  /** The command that reports it, if `lorch data check` does not. */
  foundBy?: string;
  /** Numbers that a user may change, by name in snake_case. */
  thresholds?: Readonly<Record<string, Threshold>>;
  /** Files that give this code and no other, with the places. */
  bad: CheckExample[];
  /** Files that give no findings. */
  good: (string | Uint8Array)[];
  /**
   * Looks at one canonical example. Absent if a reader, a format or the scan itself raises the finding: `raisedBy` names it.
   * For a preference pair, the example is the prompt with the chosen answer as one conversation.
   */
  run?(
    example: Example,
    report: Report,
    thresholds: Thresholds,
    /** The raw row, for parts that the example does not contain. */
    row: Readonly<Record<string, unknown>>,
  ): void;
  /** Call `run` for the rejected answer as well, because the fault concerns the row and not what the answer says. */
  bothSides?: true;
  /** Do not call `run` for preference pairs. */
  notPairs?: true;
  /** Looks at a preference pair as a whole. */
  runPair?(pair: Pair, report: Report): void;
  /** Looks at all rows together. */
  across?(thresholds: Thresholds): Across;
}

export type CheckGroup = 'structure' | 'content' | 'consistency';

export interface Threshold {
  default: number;
  /** The meaning of the number, in a few words with its unit. */
  doc: string;
}

/** The current thresholds of one check, including defaults. */
export type Thresholds = Readonly<Record<string, number>>;

/** A check over many rows: what it takes from each row, and how it combines that. */
export interface Across {
  /**
   * What to remember about one row, and its place; null for nothing. It may run in another thread than `collect`, so it
   * must not keep state. Return a hash or a label, not the row. `row` is the raw row, for parts that the example does not contain.
   */
  trait(
    example: Example,
    row: Readonly<Record<string, unknown>>,
    /** The shape of the row's format; rows of other sources may have another one. */
    format: string,
  ): { value: string; spot: Spot } | null;
  /** The same for a whole preference pair, instead of `trait`, which only gets its chosen answer. */
  pair?(pair: Pair): { value: string; spot: Spot } | null;
  /** Receives the traits in the order of the rows. */
  collect(): TraitCollector;
}

interface TraitCollector {
  /** `row` is the number under which `end` names the row: whole, below 2^53, larger for later rows. */
  add(row: number, value: string): void;
  /** Called after the last row; returns findings at rows that had a trait. */
  end(report: ReportRows): void;
}

/**
 * A finding at `rows[0]`. Its other rows (a few are enough) are named in the message and in `data.places`
 * (`file:line`, in this order, including the first).
 */
export type ReportRows = (
  rows: readonly number[],
  message: string,
  data?: Readonly<Record<string, unknown>>,
) => void;

/** An example with two answers. */
export type Pair = Example & Required<Pick<Example, 'chosen' | 'rejected'>>;

interface CheckExample {
  text: string | Uint8Array;
  /** The pointer of the finding; absent if it belongs to the file or to the whole row. */
  pointer?: string;
  /** The file's name, if it matters. */
  file?: string;
  /** The format that the user names; `auto` by default. */
  format?: string;
}

/** The place of a message; the row's format turns it into a pointer into the raw row. */
export interface Spot {
  /** Which messages of a preference pair; by default the prompt. */
  list?: 'chosen' | 'rejected';
  /** Index into `messages` (or `list`); -1 is the row (or the list) itself. */
  message: number;
  field?: 'role' | 'content' | 'tool_calls' | 'tool_call_id' | 'reasoning_content';
  /** The key of a field beside the conversation; `message` is -1 then. */
  meta?: string;
  /** Index into the row's tools; `message` is -1 then. */
  tool?: number;
  /** A pointer below the field, e.g. `/0/function/name`. */
  below?: string;
  /** UTF-16 unit inside the field's text. */
  inside?: number;
}

export type Report = (spot: Spot, message: string, extra?: ReportExtra) => void;

export interface ReportExtra {
  data?: Record<string, unknown>;
  hint?: string;
  /** A certain fix: replaces this range of the spot's text, in UTF-16 units, with `text`. */
  fix?: TextFix;
}

/** A finding that does not have a place in the file yet. */
export interface Draft {
  check: Check;
  message: string;
  /** Into the raw row. */
  pointer: string;
  inside?: number;
  /** UTF-16 offset into the row's text, if no pointer leads there. */
  offset?: number;
  hint?: string;
  data?: Record<string, unknown>;
  /** Into the string at `pointer`. */
  fix?: TextFix;
}
