// One raw row becomes an example and what there is to say about it. Pure: the same row, the same judgement.
import type { Severity, TextFix } from '../../diagnostics/finding.ts';
import type { Check, Draft, Report, Spot } from '../checks/check.ts';
import { checks } from '../checks/index.ts';
import { duplicateKey } from '../checks/structure/duplicate-key.ts';
import { missingField } from '../checks/structure/missing-field.ts';
import { notAnObject } from '../checks/structure/not-an-object.ts';
import { otherFormat } from '../checks/structure/other-format.ts';
import { isPair, runOnPair } from '../checks/structure/run-on-pair.ts';
import { tooDeep } from '../checks/structure/too-deep.ts';
import { hasTooManyKeys, maxKeys, tooManyKeys } from '../checks/structure/too-many-keys.ts';
import { mediaFieldOf, sayMedia, unsupportedPart } from '../checks/structure/unsupported-part.ts';
import { noteExact } from '../exact-json.ts';
import { raiseInexact } from '../exact-numbers.ts';
import type { Example } from '../example.ts';
import { firstFilled, isRow, typeName } from '../formats/fields.ts';
import type { Format, Location, Raise, Row } from '../formats/format.ts';
import { otherFormat as findOtherFormat } from '../formats/index.ts';
import { toolsKeys } from '../formats/text-keys.ts';
import { mayRepeatKeys, shapeOf } from '../json-shape.ts';
import type { RawRow } from '../readers/raw-row.ts';
import { escapePointer } from '../text-position.ts';
import { walkJson } from '../walk-json.ts';
import type { ResolvedChecks } from './check-settings.ts';

export interface Judgement {
  /** Null if the row became none, or an error finding forbids its use. */
  example: Example | null;
  /** What the row's format made of it, errors or not. */
  parsed: Example | null;
  drafts: readonly Draft[];
  /** The code under which the row is dropped; undefined if it is good. */
  code: string | undefined;
}

// Each finding is placed by walking the row's text: a row of megabytes with a fault in every message must not take hours.
const findingsPerRow = 100;
const findingsPerLongRow = 10;
const longText = 1_000_000;

const nothing: readonly Draft[] = [];

/** A judge for rows of one format; `format` null means that the file's format is unknown. */
export function createJudge(format: Format | null, settings: ResolvedChecks): (raw: RawRow) => Judgement {
  let row: Row = {};
  let drafts: Draft[] = [];

  let limit = 0;
  let failed = false;
  let ignored: ReadonlySet<string> | null = null;
  const severityOf = (check: Check): Severity | null =>
    ignored && !check.fatal && (ignored.has(check.code) || ignored.has(check.name))
      ? null
      : settings.severityOf(check);

  // Whether a finding is kept: the row's first error always, so that its fate is the same with a thousand others.
  const wants = (severity: Severity | null): boolean => {
    if (severity === null) return false;
    const firstError = severity === 'error' && !failed;
    if (firstError) failed = true;
    return firstError || drafts.length < limit;
  };
  const raise: Raise = (check, pointer, text, extra) => {
    if (wants(severityOf(check))) drafts.push({ check, pointer, message: text, ...extra });
  };
  const running = checks.flatMap((check) => {
    if ((!check.run && !check.runPair) || severityOf(check) === null) return [];
    const report: Report = (spot, text, { fix, ...extra } = {}) => {
      if (!wants(severityOf(check))) return;
      const { pointer, inside } = format ? locateSpot(format, row, spot) : { pointer: '' };
      const placed = fix && format ? placeFix(format, row, spot, fix) : undefined;
      drafts.push({
        check,
        pointer,
        message: text,
        ...(inside !== undefined && { inside }),
        ...(placed && { fix: placed }),
        ...extra,
      });
    };
    return [{ check, run: check.run, report, thresholds: settings.thresholdsOf(check) }];
  });

  // Nearly all rows are not pairs: one question a row, not one a check.
  const runChecks = (example: Example): void => {
    if (isPair(example))
      for (const { check, report, thresholds } of running) runOnPair(check, example, report, thresholds, row);
    else for (const { run, report, thresholds } of running) run?.(example, report, thresholds, row);
  };

  const readRow = (raw: RawRow): Example | null => {
    if (raw.fault) {
      const { check, message: text, offset, hint } = raw.fault;
      drafts.push({ check, pointer: '', message: text, offset, ...(hint !== undefined && { hint }) });
      return null;
    }
    if (!isRow(raw.value) && !(format?.lists && Array.isArray(raw.value))) {
      // That the file's format is unknown was said of the file.
      if (!format && Array.isArray(raw.value)) return null;
      raise(notAnObject, '', `The row is ${typeName(raw.value)}, not an object.`);
      return null;
    }
    if (hasTooManyKeys(raw.value, raw.text)) {
      raise(tooManyKeys, '', `The row has more than ${maxKeys.toLocaleString('en-US')} keys.`);
      return null;
    }
    row = raw.value as Row;
    ignored = readIgnored(row);
    const { keys, mayChange, infinite } = shapeOf(row);
    if (keys < 0) {
      raise(tooDeep, '', 'The row is nested deeper than 200 levels.');
      return null;
    }
    if (!format) return null;
    if (mayRepeatKeys(raw.text, keys)) raiseDuplicateKeys(raw.text, raise);
    if (mayChange) noteExact(raw.text, row);
    const example = format.parse(row, raise);
    if (example && infinite) raiseInexact(raw.text, example.meta, raise);
    if (example && raw.media !== undefined) raiseLeftOut(example, raw.media, raise);
    if (example) runChecks(example);
    else nameOtherFormat(row, format, drafts);
    return example;
  };

  return (raw) => {
    drafts = [];
    failed = false;
    ignored = null;
    limit = raw.text.length > longText ? findingsPerLongRow : findingsPerRow;
    const example = readRow(raw);
    if (drafts.length === 0 && example) return { example, parsed: example, drafts: nothing, code: undefined };
    if (drafts.length > 1) drafts = withoutRepeats(drafts, severityOf);
    const code = drafts.find((draft) => severityOf(draft.check) === 'error')?.check.code;
    const dropped = code ?? (example ? undefined : 'D015');
    return { example: dropped === undefined ? example : null, parsed: example, drafts, code: dropped };
  };
}

// What another finding says better is left out, unless it decides the row's fate or has a fix that the other has not.
function withoutRepeats(drafts: Draft[], severityOf: (check: Check) => Severity | null): Draft[] {
  const isSaid = (draft: Draft): boolean => {
    const { code, within = Number.POSITIVE_INFINITY } = draft.check.saidBy ?? {};
    if (code === undefined) return false;
    return drafts.some(
      (other) =>
        other.check.code === code &&
        other.pointer === draft.pointer &&
        Math.abs((other.inside ?? 0) - (draft.inside ?? 0)) <= within &&
        (severityOf(draft.check) !== 'error' || severityOf(other.check) === 'error') &&
        (!draft.fix || other.fix !== undefined),
    );
  };
  return drafts.some(({ check }) => check.saidBy) ? drafts.filter((draft) => !isSaid(draft)) : drafts;
}

/** The field of a row that speaks to lorch: `{"lorch": {"ignore": ["D104", "refusal"]}}`. */
const ownKey = 'lorch';

/** Codes and names that the row itself silences; null for none. */
export function readIgnored(row: Row): ReadonlySet<string> | null {
  const own = row[ownKey];
  if (!isRow(own) || !Array.isArray(own.ignore)) return null;
  return new Set(own.ignore.filter((each) => typeof each === 'string'));
}

/** Where a place of the example lies in its raw row. */
export function locateSpot(format: Format, row: Row, spot: Spot): Location {
  if (spot.meta !== undefined) return { pointer: `/${escapePointer(spot.meta)}` };
  if (spot.tool === undefined) return format.locate(row, spot);
  const key = firstFilled(row, toolsKeys);
  if (key === undefined) return { pointer: '' };
  return { pointer: Array.isArray(row[key]) ? `/${key}/${spot.tool}` : `/${key}` };
}

// A range of the canonical text as a range of the raw string; none if the two do not correspond.
function placeFix(format: Format, row: Row, spot: Spot, fix: TextFix): TextFix | undefined {
  const start = format.locate(row, { ...spot, inside: fix.from });
  const end = format.locate(row, { ...spot, inside: fix.to });
  if (start.pointer !== end.pointer || start.inside === undefined || end.inside === undefined) return;
  if (end.inside - start.inside !== fix.to - fix.from) return;
  return { from: start.inside, to: end.inside, text: fix.text };
}

// Bytes of a table that have no place in a row: a field that names them, too, is found by the check itself.
function raiseLeftOut(example: Example, column: string, raise: Raise): void {
  if (mediaFieldOf(example) === null) raise(unsupportedPart, '', sayMedia(column));
}

function raiseDuplicateKeys(text: string, raise: Raise): void {
  walkJson(text, {
    duplicateKey(path) {
      const key = JSON.stringify(path.at(-1));
      const pointer = path.map((token) => `/${escapePointer(token)}`).join('');
      raise(duplicateKey, pointer, `The key ${key} appears twice; the last value is used.`);
    },
  });
}

// A missing field at the top of a row that has another format's shape: say that instead.
function nameOtherFormat(row: Row, format: Format, drafts: Draft[]): void {
  const at = drafts.findIndex(
    ({ check, pointer }) =>
      check === missingField || (check.code === 'D018' && pointer.lastIndexOf('/') === 0),
  );
  const other = at < 0 ? undefined : findOtherFormat(row, format);
  if (other)
    drafts.splice(0, drafts.length, {
      check: otherFormat,
      pointer: '',
      message: `The row looks like ${other.name}; the file is ${format.name}.`,
    });
}
