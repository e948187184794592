// A check: its code and prose, the function that runs it, and examples from which its page and its test are made.
import type { CodeDoc, TextFix } from '../../diagnostics/finding.ts';
import type { Example } from '../example.ts';

export interface Check extends CodeDoc {
  hint: string;
  /** The row cannot be used at all: such a check is neither switched off nor made milder. */
  fatal?: true;
  /** Said once a file for the same message; more of the same would tell nothing. */
  oncePerFile?: true;
  /** `structure` unless told: whether a row can be used. `content`: whether it is worth using. `consistency`: against the other rows. */
  group?: CheckGroup;
  /** If this other check reports the same text, its finding says more, and this one is left out. */
  saidBy?: {
    code: string;
    /** UTF-16 units between the two places at the most; anywhere in the text unless told. */
    within?: number;
  };
  /** Of a card without a function: the files of src (a folder ends in `/`) that raise it. */
  raisedBy?: readonly string[];
  /** The command that looks for it, if `lorch data check` does not. */
  foundBy?: string;
  /** Numbers that a user may change, by name in snake_case. */
  thresholds?: Readonly<Record<string, Threshold>>;
  /** Files that yield this code and no other, and where. */
  bad: CheckExample[];
  /** Files that yield nothing. */
  good: (string | Uint8Array)[];
  /**
   * Looks at one canonical example. Absent if a reader, a format or the scan itself raises the finding: `raisedBy` names it.
   * Of a preference pair it sees the prompt with the chosen answer as one conversation.
   */
  run?(
    example: Example,
    report: Report,
    thresholds: Thresholds,
    /** The raw row, for what the example does not show. */
    row: Readonly<Record<string, unknown>>,
  ): void;
  /** `run` is asked about the rejected answer as well: what is wrong with the row, not with what it says. */
  bothSides?: true;
  /** `run` is not asked about preference pairs. */
  notPairs?: true;
  /** Looks at a preference pair as a whole. */
  runPair?(pair: Pair, report: Report): void;
  /** Looks at all rows together. */
  across?(thresholds: Thresholds): Across;
}

export type CheckGroup = 'structure' | 'content' | 'consistency';

export interface Threshold {
  default: number;
  /** What the number means, in a few words with its unit. */
  doc: string;
}

/** The thresholds of one check as they are in force, defaults included. */
export type Thresholds = Readonly<Record<string, number>>;

/** A check over many rows: what each row contributes, and what is made of it. */
export interface Across {
  /**
   * What is remembered of one row, and where in it; null for nothing. It may run in another thread than `collect`, so it
   * keeps no state. Short: a hash or a label, not the row. `row` is the raw row, for what the example does not show.
   */
  trait(
    example: Example,
    row: Readonly<Record<string, unknown>>,
    /** The shape that the row's format has: rows of other sources may have another. */
    format: string,
  ): { value: string; spot: Spot } | null;
  /** The same of a preference pair as a whole, in place of `trait`, which sees its chosen answer only. */
  pair?(pair: Pair): { value: string; spot: Spot } | null;
  /** Takes the traits in the order of the rows. */
  collect(): TraitCollector;
}

interface TraitCollector {
  /** `row` is the number that `end` gives back to name the row: whole, below 2^53, larger for later rows. */
  add(row: number, value: string): void;
  /** After the last row: findings at rows that contributed a trait. */
  end(report: ReportRows): void;
}

/**
 * A finding at `rows[0]`. Its further rows, a few are enough, are named in the message and as `data.places`
 * (`file:line`, in this order, the first included).
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
  /** The format that the user names; `auto` unless told. */
  format?: string;
}

/** What a message's place is made of; the row's format turns it into a pointer into the raw row. */
export interface Spot {
  /** Which messages of a preference pair; the prompt unless told. */
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
  /** A fix that is certain: this range of the spot's text, in UTF-16 units, becomes `text`. */
  fix?: TextFix;
}

/** A finding on its way: not yet a place in the file. */
export interface Draft {
  check: Check;
  message: string;
  /** Into the raw row. */
  pointer: string;
  inside?: number;
  /** UTF-16 offset into the row's text, if that is known and no pointer leads there. */
  offset?: number;
  hint?: string;
  data?: Record<string, unknown>;
  /** Into the string at `pointer`. */
  fix?: TextFix;
}
