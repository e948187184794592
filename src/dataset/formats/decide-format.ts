// Decides the format of a file: the one that the user named or described, or by the shape of its first rows.
import { isPair } from '../checks/structure/run-on-pair.ts';
import { unknownFormat } from '../checks/structure/unknown-format.ts';
import { unusedMapping } from '../checks/structure/unused-mapping.ts';
import type { FileRemark, RawRow } from '../readers/raw-row.ts';
import { describeFields, describeUnknown } from './describe-unknown.ts';
import type { FieldMapping } from './field-mapping.ts';
import { isRow } from './fields.ts';
import type { Format, Row } from './format.ts';
import { detectFormat, type FormatDecision, findFormat } from './index.ts';
import { type Inferred, inferMapping } from './infer/infer-mapping.ts';
import { knownShape } from './known-shapes.ts';
import { createMapping, type MappedFormat } from './mapping.ts';
import { nearestKey } from './nearest-key.ts';
import { createPartialMapping, isPartial, namedFields } from './partial-mapping.ts';

export interface DecidedFormat extends FormatDecision {
  /** Findings on the file: its format is unclear, or a mapping does not fit. */
  remarks: FileRemark[];
}

/** The format that a user named or described. Throws UserError D093. */
export function openFormat(wanted: string | FieldMapping) {
  return typeof wanted === 'string' ? findFormat(wanted) : openMapping(wanted);
}

function openMapping(mapping: FieldMapping): MappedFormat {
  return isPartial(mapping) ? createPartialMapping(mapping) : createMapping(mapping);
}

/** Decides for the sampled rows of a file, called `file` by its user; `wanted` may be `auto`. */
export function decideFormat(
  wanted: string | FieldMapping,
  sample: readonly RawRow[],
  file = 'FILE',
): DecidedFormat {
  const rows = sampleOf(sample);
  if (typeof wanted !== 'string') return decideMapping(wanted, rows, file);
  if (wanted !== 'auto')
    return { format: findFormat(wanted), why: 'named by the user', confidence: 1, remarks: [] };
  // Every row was broken, and each has a finding.
  if (rows.length === 0) return { format: null, why: 'no row could be read', confidence: 0, remarks: [] };
  return decideByRows(rows, file);
}

const fewRows = 3;

// For rows with a known shape, a mapping may add parts that the shape does not have, but must keep all that it has.
function readsMore({ messages, answer, calls, role, content }: FieldMapping): boolean {
  return messages !== undefined && [answer, calls, role, content].some((key) => key !== undefined);
}

/** The rows that decide: objects, or lists if most rows are lists, because list elements count as fields, too. */
export function sampleOf(sample: readonly RawRow[]): Row[] {
  const values = sample.map(({ value }) => value);
  const objects = values.filter(isRow);
  const lists = values.filter((value): value is Row => Array.isArray(value));
  return lists.length > objects.length ? lists : objects;
}

function decideByRows(rows: readonly Row[], file: string): DecidedFormat {
  const { hint, alike, ...decision } = detectFormat(rows);
  const { format, why } = decision;
  const refuse = (said: { message: string; hint: string }): DecidedFormat => ({
    format: null,
    why,
    confidence: 0,
    remarks: [{ check: unknownFormat, ...said }],
  });
  if (alike && hint !== undefined) return refuse({ message: `The format is not clear: ${why}.`, hint });
  const known = format ? null : knownShape(rows);
  if (known) return refuse({ message: `The format is not clear: ${known.why}.`, hint: known.hint });
  if (format && rows.some((row) => isRead(format, row))) return { ...decision, remarks: [] };
  const found = inferMapping(rows);
  const inferred = found && (!format || readsMore(found.mapping)) ? found : null;
  const mapped = inferred && readShare(inferred.mapping, rows);
  if (inferred && mapped && inferred.doubts.length === 0 && mapped.share >= 0.9)
    return { format: mapped.format, why: whyMapped(inferred, rows), confidence: mapped.share, remarks: [] };
  const usable = mapped && mapped.share > 0 ? inferred : null;
  // The rows have a known shape, but none of them can be read. Their findings say why, unless there are many.
  if (format && (!usable || rows.length < fewRows)) return { ...decision, remarks: [] };
  return refuse(describeUnknown(rows, { why, hint, looksLike: format, inferred: usable, file }));
}

function isRead(format: Format, row: Row): boolean {
  const example = format.parse(row, () => undefined);
  return (
    example !== null &&
    (isPair(example) || example.messages.some(({ role }) => role === 'assistant' || role === 'document'))
  );
}

/** The format of a mapping, and the share of these rows that it reads as examples with an answer. */
export function readShare(
  mapping: FieldMapping,
  rows: readonly Row[],
): { format: MappedFormat; share: number } {
  const format = openMapping(mapping);
  return { format, share: rows.filter((row) => isRead(format, row)).length / rows.length };
}

function whyMapped({ mapping }: Inferred, rows: readonly Row[]): string {
  const format = openMapping(mapping);
  const count = rows.filter((row) => format.matches(row)).length;
  return `${count} of ${rows.length} sampled ${rows.length === 1 ? 'row' : 'rows'} have ${describeFields(mapping)}`;
}

function decideMapping(mapping: FieldMapping, rows: readonly Row[], file: string): DecidedFormat {
  const format = openMapping(mapping);
  if (rows.length === 0) return { format, why: 'described by the user', confidence: 1, remarks: [] };
  const absent = format.unmet(rows);
  const none = rows.length === 1 ? 'the only row lacks' : `none of the first ${rows.length} rows has`;
  if (absent.needed.length > 0)
    return {
      format: null,
      why: `no row has ${absent.needed.map((name) => JSON.stringify(name)).join(', ')}`,
      confidence: 0,
      remarks: absent.needed.map((name) => ({
        check: unknownFormat,
        message: `The mapping does not fit: ${none} the field ${JSON.stringify(name)}.`,
        hint: nearestKey(name, rows),
      })),
    };
  if (isPartial(mapping) && !rows.some((row) => format.matches(row))) {
    const inferred = inferMapping(rows);
    const whole = inferred && { ...inferred, mapping: { ...inferred.mapping, ...mapping } };
    const why = `the mapping names ${namedFields(mapping)} only, and the rows have no conversation under the usual names`;
    const said = describeUnknown(rows, { why, hint: undefined, looksLike: null, inferred: whole, file });
    return { format: null, why, confidence: 0, remarks: [{ check: unknownFormat, ...said }] };
  }
  const fitting = rows.filter((row) => format.matches(row)).length;
  return {
    format,
    why: `${fitting} of ${rows.length} sampled rows have ${format.shape}`,
    confidence: fitting / rows.length,
    remarks: absent.other.map((name) => ({
      check: unusedMapping,
      message: `A mapped field is not there: ${none} ${JSON.stringify(name)}.`,
      hint: nearestKey(name, rows),
    })),
  };
}
