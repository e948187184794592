// The lines of a review log. They are only added, by a reviewer or by a merge; docs/review.md explains each.
import { z } from 'zod';
import type { FieldMapping } from '../formats/field-mapping.ts';
import { isRow } from '../formats/fields.ts';

/** Why a row is rejected, in the order of the keys 1 to 7. */
export const rejectReasons = [
  'duplicate',
  'too-generic',
  'inconsistent-format',
  'wrong',
  'unsafe',
  'truncated',
  'other',
] as const;

export type RejectReason = (typeof rejectReasons)[number];

/** The version of the lines; a log with a higher version comes from a newer lorch. */
export const logVersion = 1;

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.string().min(1).max(64);

const common = {
  v: z.literal(logVersion),
  id,
  at_ms: z.number().int().nonnegative(),
  reviewer: z.string().min(1).max(200),
  tool: z.string(),
};

const edit = z.object({
  /** The new row as compact JSON, in the dataset's format. */
  text: z.string(),
  /** Of the new row. */
  fingerprint,
});

const judgement = {
  dataset: fingerprint,
  row: fingerprint,
  reason: z.enum(rejectReasons).optional(),
  note: z.string().optional(),
  edit: edit.optional(),
};

const rowFormat = z.union([z.string(), z.custom<FieldMapping>((value) => isRow(value))]);

const draw = z.object({
  ...common,
  type: z.literal('draw'),
  dataset: fingerprint,
  /** How many rows may be drawn. */
  rows: z.number().int().nonnegative(),
  /** If the dataset is several files: the others, relative to this log's folder. */
  files: z.array(z.string()).optional(),
  /** How the rows were read: a format, `auto`, or a mapping of their fields. */
  format: rowFormat,
  /** If files have formats of their own: one for each, this log's file first; null for `format`. */
  formats: z.array(rowFormat.nullable()).optional(),
  /** The control group: fingerprint prefixes of unread rows from the end of the order. */
  control: z.array(z.string().regex(/^[0-9a-f]{12}$/)),
});

const verdict = z.object({
  ...common,
  type: z.literal('verdict'),
  ...judgement,
  verdict: z.enum(['accept', 'reject', 'edit', 'skip']),
  /** From 0 in the dataset's order; null for a row that was read for its findings and does not count. */
  position: z.number().int().nonnegative().nullable(),
  /** Codes of the findings that the row had. */
  codes: z.array(z.string()),
  /** The import that brought it. */
  import: id.optional(),
});

const note = z.object({
  ...common,
  type: z.literal('note'),
  dataset: fingerprint,
  row: fingerprint,
  text: z.string(),
});

const undo = z.object({ ...common, type: z.literal('undo'), of: id });

const settle = z.object({
  ...common,
  type: z.literal('settle'),
  ...judgement,
  verdict: z.enum(['accept', 'reject', 'edit']),
  /** Ids of the verdicts that it settles. */
  of: z.array(id),
});

const batch = z.object({
  ...common,
  type: z.literal('import'),
  file: z.string(),
  sha256: z.string(),
  rows: z.number().int().nonnegative(),
});

const logEntry = z
  .discriminatedUnion('type', [draw, verdict, note, undo, settle, batch])
  .refine((entry) => !('verdict' in entry) || (entry.verdict === 'reject') === (entry.reason !== undefined), {
    message: 'a rejected row has a reason, and no other has one',
  })
  .refine((entry) => !('verdict' in entry) || (entry.verdict === 'edit') === (entry.edit !== undefined), {
    message: 'an edit carries the new row',
  });

export type LogEntry = z.infer<typeof logEntry>;
export type DrawEntry = z.infer<typeof draw>;
export type VerdictEntry = z.infer<typeof verdict>;
export type NoteEntry = z.infer<typeof note>;
export type SettleEntry = z.infer<typeof settle>;

/** Fields shared by all entries of one session. */
export interface EntryStamp {
  id: string;
  at_ms: number;
  reviewer: string;
  tool: string;
}

/** Reads one line of a log. `null` stands for an empty line. */
export function parseEntry(line: string): { entry: LogEntry | null } | { fault: string; newer: boolean } {
  if (line.trim() === '') return { entry: null };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { fault: 'it is not JSON', newer: false };
  }
  const version = (value as { v?: unknown } | null)?.v;
  if (typeof version === 'number' && version > logVersion)
    return { fault: `it has version ${version}; this lorch knows ${logVersion}`, newer: true };
  const parsed = logEntry.safeParse(value);
  if (parsed.success) return { entry: parsed.data };
  const [issue] = parsed.error.issues;
  return { fault: [issue?.path.join('.'), issue?.message].filter(Boolean).join(': '), newer: false };
}
