// From events.jsonl into the database.
import { redactorOf } from '../diagnostics/secrets.ts';
import type { Host } from '../hosts/host.ts';
import { readBytes } from '../hosts/read-files.ts';
import { findingsOfEvent } from '../run/event-findings.ts';
import { parseEvent } from '../run/events.ts';
import type { Plan } from '../run/plan.ts';
import { type IngestLine, ingest } from '../store/ingest.ts';
import type { SuperviseDeps } from './deps.ts';
import { type RawLine, readLines } from './read-lines.ts';

export interface EventSource {
  run: string;
  attempt: number;
  host: Pick<Host, 'read'>;
  /** Path of events.jsonl. */
  file: string;
  plan: Plan | null;
  /** How far this reader is; moves on. Others may be further or less far: the database decides what counts. */
  position: number;
}

/** Commits every whole line that is not on record; `onRecorded` is told each time more of them are. */
export async function drainEvents(
  deps: SuperviseDeps,
  source: EventSource,
  onRecorded?: () => void,
): Promise<void> {
  const redact = redactorOf(deps.env);
  for (;;) {
    const { lines: raw, atEnd } = await readLines(
      (from, length) => readBytes(source.host, source.file, from, length),
      source.position,
    );
    const last = raw.at(-1);
    if (!last) return;
    const recorded = ingest(deps.store, {
      run: source.run,
      attempt: source.attempt,
      from: source.position,
      lines: raw.map(parseLine),
      findingsOf: (event) => findingsOfEvent(source.plan, event),
      redact,
    });
    if (recorded === null) return;
    // Less than was just read: the index was made again under us, and lines before these are missing.
    const behind = recorded < last.end;
    source.position = recorded;
    onRecorded?.();
    if (atEnd && !behind) return;
  }
}

/** A line as it is taken in. */
export function parseLine({ end, text }: RawLine): IngestLine {
  if (text === null) return { end, unreadable: 'the line is too long for an event' };
  if (text.trim() === '') return { end };
  const parsed = parseEvent(text);
  return parsed.ok ? { end, event: parsed.event } : { end, unreadable: parsed.reason };
}
