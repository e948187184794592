// Judges the rows of whole lines in one go, in whatever thread: the answer is compact and can be sent.
import { isUtf8 } from 'node:buffer';
import type { Finding } from '../../diagnostics/finding.ts';
import { checks } from '../checks/index.ts';
import type { Key } from '../duplicates/murmur3.ts';
import type { Format } from '../formats/format.ts';
import { createPlainReader, lineWidth, type PlainReader } from '../native/plain-rows.ts';
import { afterMarks, readLine } from '../readers/jsonl.ts';
import type { FileRemark } from '../readers/raw-row.ts';
import type { ResolvedChecks } from './check-settings.ts';
import { createRowJudge, type JudgedRow, type Trait } from './judged-row.ts';
import { createRepeats } from './once-per-file.ts';

export interface RegionSetup {
  format: Format;
  settings: ResolvedChecks;
  file: string;
  wantsFingerprints: boolean;
  maxRowBytes: number;
}

/** Lines count from 0 at the region's start, findings included. */
export interface JudgedRegion {
  lines: number;
  rows: number;
  /** `lineWidth` numbers a row: start and end in bytes, line, and four of its duplicate_key. */
  table: Int32Array;
  /** 32 bytes a row; empty if they are not needed. */
  fingerprints: Uint8Array;
  /** Rows with anything to say, in order. */
  notes: RowNote[];
  /** Of every row, in order. */
  traits: (readonly Trait[])[];
  /** Remarks on the file, with the code of their check. */
  remarks: (Omit<FileRemark, 'check'> & { code: string })[];
}

interface RowNote {
  row: number;
  code: string | null;
  identity: string | null;
  findings: readonly Finding[];
}

/** The native reader of everyday rows, if only their structure is asked for; null if all must be parsed. */
export function plainReader({ format, settings, wantsFingerprints }: RegionSetup): PlainReader | null {
  const structureOnly = !checks.some(
    (check) => (check.group ?? 'structure') !== 'structure' && settings.severityOf(check) !== null,
  );
  return structureOnly && !wantsFingerprints ? plainReaderOf(format) : null;
}

// Rows of named fields are not those that native code knows, whatever the format is called.
function plainReaderOf({ name, mapping }: Format): PlainReader | null {
  return mapping ? null : createPlainReader(name);
}

/** A judge of regions of JSON lines. Everyday rows take the native way if their structure alone is asked for (`plain`), else only their duplicate_key does. */
export function createRegionJudge(
  setup: RegionSetup,
  plain: PlainReader | null = plainReader(setup),
): (region: Buffer) => JudgedRegion {
  const { format, settings, file, wantsFingerprints, maxRowBytes } = setup;
  const reader = plain ?? plainReaderOf(format);
  const judge = createRowJudge(format, settings, file, wantsFingerprints, createRepeats());
  return (region) => {
    const answer = createAnswer(region, wantsFingerprints);
    const clean = isUtf8(region);
    const slow = (start: number, end: number, key?: Key): void => {
      const line = answer.lines();
      const raw = readLine(region, start, end, clean, line, {
        maxRowBytes,
        remark: ({ check, ...remark }) => answer.remark({ ...remark, code: check.code }),
      });
      const from = afterMarks(region, start);
      if (raw) answer.row(from, end, judge(raw, key));
      answer.line();
    };
    for (let from = 0; from < region.length; ) {
      // What holds rows of megabytes would have the reader keep several times as much.
      if (!reader || (!plain && region.length > longRegion)) {
        const found = region.indexOf(10, from);
        const end = found < 0 ? region.length : found;
        slow(from, end);
        from = end + 1;
        continue;
      }
      const { lines, table, bytes } = reader(region, from);
      for (let i = 0; i < lines; i += 1) {
        const at = i * lineWidth;
        const start = from + (table[at] as number);
        const end = Math.min(region.length, from + (table[at + 1] as number));
        if (table[at + 2] !== 1 || end - start > maxRowBytes) slow(start, end);
        else if (plain) answer.plain(start, end, table, at + 3);
        else slow(start, end, keyAt(table, at + 3));
      }
      from += bytes;
    }
    return answer.end();
  };
}

const longRegion = 4_000_000;

function createAnswer(region: Buffer, wantsFingerprints: boolean) {
  let table = new Int32Array(1024 * lineWidth);
  let fingerprints = Buffer.alloc(wantsFingerprints ? 32 * 1024 : 0);
  let rows = 0;
  let lines = 0;
  const notes: RowNote[] = [];
  const traits: JudgedRegion['traits'] = [];
  const remarks: JudgedRegion['remarks'] = [];
  const place = (start: number, end: number): number => {
    const at = rows * lineWidth;
    if (at === table.length) {
      const bigger = new Int32Array(at * 2);
      bigger.set(table);
      table = bigger;
    }
    if (wantsFingerprints && (rows + 1) * 32 > fingerprints.length)
      fingerprints = Buffer.concat([fingerprints], fingerprints.length * 2);
    table[at] = start;
    table[at + 1] = region[end - 1] === 13 && end > start ? end - 1 : end;
    table[at + 2] = lines;
    return at + 3;
  };
  return {
    lines: () => lines,
    line(): void {
      lines += 1;
    },
    remark: (remark: JudgedRegion['remarks'][number]): void => void remarks.push(remark),
    plain(start: number, end: number, key: Int32Array, keyAt: number): void {
      const at = place(start, end);
      for (let i = 0; i < 4; i += 1) table[at + i] = key[keyAt + i] as number;
      traits.push(nothing);
      rows += 1;
      lines += 1;
    },
    row(start: number, end: number, judged: JudgedRow): void {
      const { code, identity, findings, key, bytes } = judged;
      const at = place(start, end);
      if (key) for (let i = 0; i < 4; i += 1) table[at + i] = key[i] as number;
      if (bytes !== null) fingerprints.write(bytes, rows * 32, 'latin1');
      if (code !== null || findings.length > 0) notes.push({ row: rows, code, identity, findings });
      traits.push(judged.traits);
      rows += 1;
    },
    end: (): JudgedRegion => ({
      lines,
      rows,
      table: table.slice(0, rows * lineWidth),
      fingerprints: fingerprints.subarray(0, wantsFingerprints ? rows * 32 : 0),
      notes,
      traits,
      remarks,
    }),
  };
}

function keyAt(table: Int32Array, at: number): Key {
  return [table[at] as number, table[at + 1] as number, table[at + 2] as number, table[at + 3] as number];
}

const nothing: readonly never[] = [];

/** The rows of a judged region, whose first line is `line` of the file. */
export function* judgedRows(judged: JudgedRegion, region: Buffer, line: number): Generator<JudgedRow> {
  const { rows, table, fingerprints, notes, traits } = judged;
  let next = 0;
  for (let row = 0; row < rows; row += 1) {
    const judgedRow = new RegionRow(region, table, row * lineWidth, line);
    if (notes[next]?.row === row) judgedRow.note(notes[next++] as RowNote, line);
    if (fingerprints.length > 0 && judgedRow.code === null)
      judgedRow.bytes = Buffer.from(fingerprints.buffer, fingerprints.byteOffset + row * 32, 32).toString(
        'latin1',
      );
    judgedRow.traits = traits[row] ?? nothing;
    yield judgedRow;
  }
}

// A class for speed: a million of these are made, and few are asked for their text.
class RegionRow implements JudgedRow {
  readonly #region: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly line: number;
  readonly column = 1;
  findings: readonly Finding[] = nothing;
  code: string | null = null;
  key: Key | null;
  bytes: string | null = null;
  identity: string | null = null;
  traits: readonly Trait[] = nothing;
  readonly example = null;

  constructor(region: Buffer, table: Int32Array, at: number, firstLine: number) {
    this.#region = region;
    this.#start = table[at] as number;
    this.#end = table[at + 1] as number;
    this.line = firstLine + (table[at + 2] as number);
    this.key = keyAt(table, at + 3);
  }

  note({ code, identity, findings }: RowNote, firstLine: number): void {
    this.code = code;
    this.identity = identity;
    if (code !== null) this.key = null;
    this.findings = findings.map((finding) => moveDown(finding, firstLine));
  }

  get text(): string {
    return this.#region.toString('utf8', this.#start, this.#end);
  }
}

function moveDown(finding: Finding, by: number): Finding {
  const { at } = finding;
  return at?.line === undefined ? finding : { ...finding, at: { ...at, line: at.line + by } };
}
