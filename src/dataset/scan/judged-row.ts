// What the scan knows of one row once it was judged: everything but its fate, which depends on the other rows.
import { hash } from 'node:crypto';
import type { Finding } from '../../diagnostics/finding.ts';
import type { Spot } from '../checks/check.ts';
import { checks } from '../checks/index.ts';
import { conversation, isPair, spotInSide } from '../checks/structure/run-on-pair.ts';
import { unknownFormat } from '../checks/structure/unknown-format.ts';
import { duplicateKey } from '../duplicates/duplicate-key.ts';
import type { Key } from '../duplicates/murmur3.ts';
import type { Example } from '../example.ts';
import { fingerprintBytes } from '../fingerprint.ts';
import type { Format, Row } from '../formats/format.ts';
import type { RawRow } from '../readers/raw-row.ts';
import type { ResolvedChecks } from './check-settings.ts';
import { createJudge, locateSpot, readIgnored } from './judge-row.ts';
import { placeFinding } from './place-finding.ts';

export interface JudgedRow {
  line: number;
  column: number;
  findings: readonly Finding[];
  /** The code under which the row is dropped; null if it is good. */
  code: string | null;
  /** duplicate_key; null if the row is dropped. */
  key: Key | null;
  /** The fingerprint as 32 latin-1 characters; null if it is not needed, or the row is dropped. */
  bytes: string | null;
  /** Of a row with findings: its fingerprint, dropped or not, or that of its text; null as `bytes` is. */
  identity: string | null;
  traits: readonly Trait[];
  example: Example | null;
  /** The row's raw JSON. */
  text: string;
}

/** What one row contributes to a check over all rows. */
export interface Trait {
  /** Index into `acrossChecks`. */
  check: number;
  value: string;
  pointer: string;
}

/** The checks over all rows that are on, in the order that `Trait.check` counts. */
export function acrossChecks(settings: ResolvedChecks) {
  return checks.flatMap((check) =>
    check.across && settings.severityOf(check) !== null
      ? [{ check, across: check.across(settings.thresholdsOf(check)) }]
      : [],
  );
}

const nothing: readonly Finding[] = [];

/** Judges raw rows of one file; the same row gives the same answer in any thread. `key`: its duplicate_key, if it is known already. */
export function createRowJudge(
  format: Format | null,
  settings: ResolvedChecks,
  file: string,
  wantsFingerprints: boolean,
  repeats: (code: string, message: string) => boolean,
): (raw: RawRow, key?: Key) => JudgedRow {
  const judge = createJudge(format, settings);
  const across = acrossChecks(settings);
  return (raw, key) => {
    const { example, parsed, drafts, code } = judge(raw);
    const bytes = example && wantsFingerprints ? fingerprintBytes(example) : null;
    const findings =
      drafts.length === 0
        ? nothing
        : drafts.flatMap((draft) => {
            const severity = settings.severityOf(draft.check);
            const said = severity === null || repeats(draft.check.code, draft.message);
            return said ? [] : [placeFinding(draft, severity, raw, file)];
          });
    return {
      line: raw.line,
      column: raw.column,
      findings,
      code: example ? null : (code ?? unknownFormat.code),
      key: example ? (key ?? duplicateKey(example)) : null,
      bytes,
      identity: wantsFingerprints && findings.length > 0 ? (bytes ?? identify(parsed, raw.text)) : null,
      traits: example && format ? traitsOf(example, raw.value as Row, format, across) : none,
      example,
      text: raw.text,
    };
  };
}

function identify(parsed: Example | null, text: string): string {
  return parsed ? fingerprintBytes(parsed) : hash('sha256', text, 'binary');
}

const none: readonly Trait[] = [];

function traitsOf(
  example: Example,
  row: Row,
  format: Format,
  across: ReturnType<typeof acrossChecks>,
): readonly Trait[] {
  if (across.length === 0) return none;
  const ignored = readIgnored(row);
  const traits: Trait[] = [];
  const pair = isPair(example) ? example : null;
  const seen = pair ? conversation(pair, 'chosen') : example;
  // Most checks look at the same place, and some at another: the pointers of the last two are kept.
  let last: Spot | null = null;
  let pointer = '';
  let before: Spot | null = null;
  let pointerBefore = '';
  for (let at = 0; at < across.length; at += 1) {
    const { check, across: each } = across[at] as (typeof across)[number];
    if (ignored && (ignored.has(check.code) || ignored.has(check.name))) continue;
    const trait = pair && each.pair ? each.pair(pair) : each.trait(seen, row, format.shape);
    if (!trait) continue;
    if (trait.spot !== last) {
      const { spot } = trait;
      const found =
        spot === before
          ? pointerBefore
          : locateSpot(format, row, pair ? spotInSide(pair, 'chosen', spot) : spot).pointer;
      before = last;
      pointerBefore = pointer;
      last = spot;
      pointer = found;
    }
    traits.push({ check: at, value: trait.value, pointer });
  }
  return traits;
}
