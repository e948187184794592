// The settings of another tool's file with their lines, and what becomes of each.

/** One setting of the other tool. */
export interface SourceSetting {
  key: string;
  value: unknown;
  /** From 1, in the file; in a notebook in its cell. */
  line: number;
  /** Where in a notebook: `cell 3`. */
  cell?: string;
  /** The value as it is written, if it is computed: `value` is then undefined. */
  computed?: string;
}

/** One setting, decided. */
export interface Outcome {
  /** Of a setting inside another one: `datasets.0.path`; the setting's own key without. */
  key?: string;
  value?: unknown;
  /** The lorch settings that it becomes. */
  set?: Readonly<Record<string, unknown>>;
  /** Why it has no counterpart. */
  refuse?: string;
  /** Why there is nothing to write. */
  implied?: string;
  /** What to know of the setting that was written. */
  note?: string;
}

/** All settings of the file by key, for rules that look at more than one. */
type Others = ReadonlyMap<string, unknown>;

/** What a tool's setting means here. */
export type Rule = (value: unknown, others: Others) => Outcome | readonly Outcome[];

/** A tool that configs are imported from. */
export interface Tool {
  name: string;
  /** Keys that its files have and others do not. */
  signs: readonly string[];
  rules: Readonly<Record<string, Rule>>;
  /** The tool's defaults that differ from lorch's, by lorch setting. */
  defaults: Readonly<Record<string, unknown>>;
  /** Sections whose settings count like those at the top. */
  sections?: readonly string[];
}

/** Whether a switch is on; command lines and YAML of other tools also have it as text. */
export const isOn = (value: unknown): boolean => value === true || value === 'true';

/** The setting under another name, with its value. */
export const to =
  (path: string): Rule =>
  (value) => ({ set: { [path]: value } });

/** The setting has no counterpart. */
export const refuse =
  (reason: string): Rule =>
  () => ({ refuse: reason });

/** What the setting asks for happens anyway. */
export const implied =
  (reason: string): Rule =>
  () => ({ implied: reason });

/** One of several values, each with its outcome; `rest` for others. */
export const choose =
  (outcomes: Readonly<Record<string, Outcome>>, rest: Rule): Rule =>
  (value, others) =>
    Object.hasOwn(outcomes, String(value)) ? (outcomes[String(value)] as Outcome) : rest(value, others);

/** A text of names with commas, or a list. */
export function namesOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : String(value).split(',');
  return list.map((each) => String(each).trim()).filter((each) => each !== '');
}
