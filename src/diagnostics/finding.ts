// A finding of a check. Findings are data, never thrown, and shown in the same way in terminal, JSON and run records.

export type Severity = 'error' | 'warning' | 'note';

/** Where in a user's file. `line` and `column` count from 1; `pointer` is an RFC 6901 JSON pointer. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
  pointer?: string;
  /** A part of the source line (at most 200 characters), and the caret's column in it, from 1. */
  excerpt?: { text: string; column: number };
}

export interface Finding {
  /** Stable, e.g. `D014`; never reused for another meaning. */
  code: string;
  /** Kebab-case, e.g. `empty-answer`. */
  name: string;
  severity: Severity;
  message: string;
  hint?: string;
  at?: Place;
  /** Of a finding on a dataset's row: its number, from 0 over all files in order. */
  row?: number;
  data?: Record<string, unknown>;
  /** A certain fix of the text at `at.pointer`. */
  fix?: TextFix;
}

/** The UTF-16 units from `from` to `to` of a text become `text`. */
export interface TextFix {
  from: number;
  to: number;
  text: string;
}

/** What a code means, for `lorch explain` and the generated pages. */
export interface CodeDoc {
  code: string;
  name: string;
  severity: Severity;
  /** One line. */
  title: string;
  /** Markdown paragraphs: why it matters, what to do. */
  prose: string;
}
