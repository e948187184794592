// A format: how it is recognised, how a row becomes a canonical example, and how an example becomes a row again.
import type { Check, Spot } from '../checks/check.ts';
import type { Example } from '../example.ts';
import type { FieldMapping } from './field-mapping.ts';
import type { Feature } from './leftovers.ts';

/** One row's JSON object. */
export type Row = Record<string, unknown>;

/** Where in the raw row; `inside` is a UTF-16 unit of the string there. */
export interface Location {
  pointer: string;
  inside?: number;
}

/** Notes something about the raw row while it is parsed. */
export type Raise = (
  check: Check,
  pointer: string,
  message: string,
  extra?: { inside?: number; hint?: string; data?: Record<string, unknown> },
) => void;

export interface Rendered {
  /** The row in the target format; null if it cannot be held at all. */
  row: Row | null;
  /** What the row loses, in words: `tool calls`, `message names`. */
  lost: string[];
}

/** A format that rows are read in. */
export interface Format {
  name: string;
  /** What a row looks like, for people. */
  shape: string;
  /** The same for one row, with the keys that it really has. */
  shapeOf?(row: Row): string;
  /** Of a format that names fields: which holds what. Its rows are not read in native code. */
  mapping?: FieldMapping;
  /** Whether its rows may be lists. */
  lists?: boolean;
  /** Whether one row has this format's shape. */
  matches(row: Row): boolean;
  /** A canonical example, or null if a finding says why there is none. */
  parse(row: Row, raise: Raise): Example | null;
  /** From a place in the canonical example to one in the raw row it was parsed from. */
  locate(row: Row, spot: Spot): Location;
}

/** A format that rows can also be written in. */
export interface WritableFormat extends Format {
  /** For docs/formats.md: a row, and what its fields may be called and hold. */
  doc: {
    row: string;
    prose: string;
    /** What its rows are told by, for D015: "`messages` is chatml". Without, `auto` never takes it. */
    toldBy?: string;
    /** What to know when rows are written in it. */
    writing?: string;
  };
  /** Whether a run config may name it: for any source, for a whole dataset alone, or not, if its rows cannot be trained on. */
  inConfig: 'source' | 'dataset' | 'never';
  /**
   * Of a format that is taken only if the user names it: why these rows are not told without, and what to type. Rows
   * of such a format look like others that mean something else.
   */
  namedOnly?(rows: readonly Row[]): { why: string; hint: string };
  /** What its rows hold beside plain texts of system, user and assistant. */
  holds: ReadonlySet<Feature>;
  /** The row of an example, and what it loses. */
  render(example: Example): Rendered;
}
