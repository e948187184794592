// The mapping that reads a file best, even if lorch does not need it, with a reason for each field.
import type { RawRow } from '../readers/raw-row.ts';
import { decideFormat, readShare, sampleOf } from './decide-format.ts';
import type { FieldMapping } from './field-mapping.ts';
import { type Inferred, inferMapping } from './infer/infer-mapping.ts';
import { blockYaml } from './write-mapping.ts';

export interface SuggestedMapping {
  /** The format that `auto` chooses for the file; null if it needs the mapping. */
  readAs: string | null;
  /** Why: the shape of the rows, or what is unknown about them. */
  why: string;
  /** Null if the rows contain nothing like a conversation, or a prompt and its answer. */
  mapping: FieldMapping | null;
  reasons: Inferred['reasons'];
  /** What may be wrong; empty if the mapping is certain. */
  doubts: string[];
  /** Top-level fields of the rows that the mapping does not name. */
  unread: string[];
  /** What to do if there is no mapping. */
  hint: string | undefined;
  /** The mapping as a file; empty if there is none. */
  yaml: string;
}

/** Looks at the sampled rows of `file`. */
export function suggestMapping(sample: readonly RawRow[], file: string): SuggestedMapping {
  const { format, why, remarks } = decideFormat('auto', sample, file);
  const rows = sampleOf(sample);
  const own = format?.mapping;
  const inferred = inferMapping(rows);
  const found = inferred && readShare(inferred.mapping, rows).share > 0 ? inferred : null;
  const readAs = format && !own ? format.name : null;
  // For a known format, the mapping must agree with lorch's reading.
  const useful = found && (readAs === null || found.doubts.length === 0) ? found : null;
  const { as: _, ...mapping } = useful?.mapping ?? {};
  const unread = useful ? topFields(rows).filter((key) => !isNamed(key, mapping)) : [];
  const [remark] = remarks;
  return {
    readAs,
    why: remark?.message ?? `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`,
    mapping: useful && mapping,
    reasons: useful?.reasons ?? [],
    doubts: useful?.doubts ?? [],
    unread,
    hint: remark?.hint,
    yaml: useful ? toYaml(useful, { file, rows: rows.length, readAs, own: own !== undefined, unread }) : '',
  };
}

function toYaml(
  { mapping, reasons, doubts }: Inferred,
  about: { file: string; rows: number; readAs: string | null; own: boolean; unread: readonly string[] },
): string {
  const head = [
    `Which field of ${about.file} holds what, by its first ${about.rows === 1 ? 'row' : `${about.rows} rows`}.`,
    ...(about.readAs !== null ? [`lorch reads the file as ${about.readAs} without this mapping.`] : []),
    ...(about.own ? ['lorch finds this mapping by itself (format: auto).'] : []),
    ...doubts.map((doubt) => `Not sure: ${doubt}.`),
    ...(about.unread.length > 0
      ? [`Not read, kept with the row: ${about.unread.map((key) => JSON.stringify(key)).join(', ')}.`]
      : []),
  ];
  return blockYaml(mapping, new Map(reasons.map(({ key, why }) => [key, why])), head);
}

const mostUnread = 20;

function topFields(rows: readonly object[]): string[] {
  const keys = new Set(rows.flatMap((row) => (Array.isArray(row) ? [] : Object.keys(row))));
  return [...keys].slice(0, mostUnread);
}

function isNamed(key: string, mapping: FieldMapping): boolean {
  return Object.values(mapping).some(
    (name) =>
      typeof name === 'string' && (name === key || name.startsWith(`${key}.`) || name.startsWith(`/${key}/`)),
  );
}
