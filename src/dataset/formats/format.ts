// A format: how it is recognised, how a row becomes a canonical example, and how an example becomes a row again.
import type { Check, Spot } from '../checks/check.ts';
import type { Example } from '../example.ts';
import type { FieldMapping } from './field-mapping.ts';
import type { Feature } from './leftovers.ts';

/** One row's JSON object. */
export type Row = Record<string, unknown>;

/** A place in the raw row; `inside` is a UTF-16 unit of the string there. */
export interface Location {
  pointer: string;
  inside?: number;
}

/** Reports something about the raw row while it is parsed. */
export type Raise = (
  check: Check,
  pointer: string,
  message: string,
  extra?: { inside?: number; hint?: string; data?: Record<string, unknown> },
) => void;

export interface Rendered {
  /** The row in the target format; null if the format cannot store it. */
  row: Row | null;
  /** What the row loses, in words: `tool calls`, `message names`. */
  lost: string[];
}

/** A format that lorch can read. */
export interface Format {
  name: string;
  /** The shape of a row, in words. */
  shape: string;
  /** The same for one row, with the keys that it has. */
  shapeOf?(row: Row): string;
  /** The mapping of a mapped format. Native code does not read its rows. */
  mapping?: FieldMapping;
  /** Whether its rows may be lists. */
  lists?: boolean;
  /** Whether one row has this format's shape. */
  matches(row: Row): boolean;
  /** A canonical example; null with a finding. */
  parse(row: Row, raise: Raise): Example | null;
  /** Maps a place in the canonical example to the raw row that it was parsed from. */
  locate(row: Row, spot: Spot): Location;
}

/** A format that lorch can also write. */
export interface WritableFormat extends Format {
  /** For docs/formats.md: a row, and the names and contents of its fields. */
  doc: {
    row: string;
    prose: string;
    /** The feature by which its rows are recognised, for D015: "`messages` is chatml". Without it, `auto` never chooses the format. */
    toldBy?: string;
    /** Notes on writing rows in it. */
    writing?: string;
  };
  /** Whether a run config may name it: for any source, only for the whole dataset, or not at all because its rows cannot be trained on. */
  inConfig: 'source' | 'dataset' | 'never';
  /**
   * For a format that must be named by the user: why lorch does not choose it for these rows, and what to type. Rows
   * of such a format look like others that mean something else.
   */
  namedOnly?(rows: readonly Row[]): { why: string; hint: string };
  /** What its rows can store in addition to plain texts of system, user and assistant. */
  holds: ReadonlySet<Feature>;
  /** The row for an example, and what it loses. */
  render(example: Example): Rendered;
}
