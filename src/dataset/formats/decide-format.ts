// The format of a file: as the user named or described it, or by the shape of its first rows.
import { unknownFormat } from '../checks/unknown-format.ts';
import { unusedMapping } from '../checks/unused-mapping.ts';
import type { FileRemark, RawRow } from '../readers/raw-row.ts';
import { isRow } from './fields.ts';
import type { Row } from './format.ts';
import { detectFormat, type FormatDecision, findFormat } from './index.ts';
import { createMapping, type FieldMapping } from './mapping.ts';
import { nearestKey } from './nearest-key.ts';

export interface DecidedFormat extends FormatDecision {
  /** What there is to say of the file: no format can be told, or a mapping does not fit. */
  remarks: FileRemark[];
}

/** The format that a user named or described. Throws UserError D093. */
export function openFormat(wanted: string | FieldMapping) {
  return typeof wanted === 'string' ? findFormat(wanted) : createMapping(wanted);
}

/** Decides for the sampled rows of a file; `wanted` may be `auto`. */
export function decideFormat(wanted: string | FieldMapping, sample: readonly RawRow[]): DecidedFormat {
  const rows = sample.map(({ value }) => value).filter(isRow);
  if (typeof wanted !== 'string') return decideMapping(wanted, rows);
  if (wanted !== 'auto')
    return { format: findFormat(wanted), why: 'named by the user', confidence: 1, remarks: [] };
  // Every row was broken: those have findings of their own.
  if (rows.length === 0) return { format: null, why: 'no row could be read', confidence: 0, remarks: [] };
  const decision = detectFormat(rows);
  const { format, why, hint } = decision;
  const message = `The format cannot be told: ${why}.`;
  return {
    ...decision,
    remarks: format ? [] : [{ check: unknownFormat, message, ...(hint && { hint }) }],
  };
}

function decideMapping(mapping: FieldMapping, rows: readonly Row[]): DecidedFormat {
  const format = createMapping(mapping);
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
