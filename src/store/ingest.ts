// Events into rows. Rows and byte offset are one transaction, so each line counts exactly once, however many
// controllers follow the run, and even if they are killed.
import type { Finding } from '../diagnostics/finding.ts';
import { redactValues } from '../diagnostics/secrets.ts';
import type { RunEvent, RunEventOf } from '../run/events.ts';
import { countUnreadable, recordFinding } from './findings.ts';
import type { Store } from './open-store.ts';
import { createPointWriter, dropPointsAfter, type PointWriter } from './points.ts';

/** One line of events.jsonl; `end` is the byte offset after its newline. Blank lines have neither field. */
export interface IngestLine {
  end: number;
  event?: RunEvent;
  /** Why the line is not an event. */
  unreadable?: string;
}

export interface IngestBatch {
  run: string;
  attempt: number;
  /** Byte offset of the first line. */
  from: number;
  lines: readonly IngestLine[];
  /** Findings of an event (run/event-findings.ts). */
  findingsOf(event: RunEvent): Finding[];
  /** Removes secrets from text before it is stored. */
  redact(text: string): string;
}

interface AttemptState {
  id: number;
  run_id: number;
  event_bytes: number;
  event_lines: number;
  last_seq: number;
  hello_seen: number;
  /** The newest step of the batch; written once, at its end. */
  progress?: RunEventOf<'step'>;
}

/**
 * Commits the lines that are not recorded yet, and returns the byte offset up to which the attempt is now recorded.
 * An offset below `from` means that lines before the batch are missing (the index was made again): read from there.
 * Null if the attempt is not recorded.
 */
export function ingest(store: Store, batch: IngestBatch): number | null {
  return store.write(() => {
    const attempt = readState(store, batch);
    if (!attempt) return null;
    if (attempt.event_bytes < batch.from) return attempt.event_bytes;
    const points = createPointWriter(store, attempt.run_id);
    for (const line of batch.lines) {
      if (line.end <= attempt.event_bytes) continue; // another controller was faster
      attempt.event_bytes = line.end;
      attempt.event_lines += 1;
      if (line.event) applyEvent(store, batch, attempt, points, line.event);
      else if (line.unreadable !== undefined)
        countUnreadable(
          store,
          attempt.run_id,
          batch.attempt,
          attempt.event_lines,
          batch.redact(line.unreadable),
        );
    }
    points.flush();
    writeProgress(store, attempt);
    store
      .statement('UPDATE attempt SET event_bytes = ?, event_lines = ?, last_seq = ? WHERE id = ?')
      .run(attempt.event_bytes, attempt.event_lines, attempt.last_seq, attempt.id);
    return attempt.event_bytes;
  });
}

function readState(store: Store, { run, attempt }: IngestBatch): AttemptState | undefined {
  return store
    .statement(
      `SELECT attempt.id, run_id, event_bytes, event_lines, last_seq, hello_seen
       FROM attempt JOIN run ON run.id = attempt.run_id WHERE run.uid = ? AND n = ?`,
    )
    .get(run, attempt) as AttemptState | undefined;
}

function applyEvent(
  store: Store,
  batch: IngestBatch,
  attempt: AttemptState,
  points: PointWriter,
  event: RunEvent,
): void {
  if (event.seq <= attempt.last_seq)
    recordFinding(store, attempt.run_id, batch.attempt, {
      code: 'R106',
      name: 'repeated-event',
      severity: 'error',
      message: 'event numbers go back: two trainers may have written the same file',
      at: { file: `attempt-${batch.attempt}/events.jsonl`, line: attempt.event_lines },
    });
  attempt.last_seq = Math.max(attempt.last_seq, event.seq);
  for (const finding of batch.findingsOf(event))
    recordFinding(store, attempt.run_id, batch.attempt, redactValues(finding, batch.redact));
  switch (event.type) {
    case 'step':
      addPoints(points, event.step, event.t, event.metrics, '');
      attempt.progress = event;
      return;
    case 'eval':
      addPoints(points, event.step, event.t, event.metrics, 'eval_');
      return;
    case 'memory':
      addPoints(points, event.step, event.t, memoryMetrics(event), '');
      return;
    case 'hello':
      if (!attempt.hello_seen) {
        points.flush();
        applyHello(store, batch, attempt, event.resumed_from_step);
      }
      break;
    case 'model':
      store
        .statement('UPDATE run SET trainable = ?, total = ? WHERE id = ?')
        .run(event.trainable, event.total, attempt.run_id);
      break;
    case 'end':
      store
        .statement('UPDATE run SET best_checkpoint = ? WHERE id = ?')
        .run(event.best_checkpoint, attempt.run_id);
      break;
  }
  storeEvent(store, batch, attempt, event);
}

/** The first event of a trainer that resumes at step R invalidates what older attempts wrote after R. */
function applyHello(store: Store, batch: IngestBatch, attempt: AttemptState, from: number | null): void {
  attempt.hello_seen = 1;
  store
    .statement('UPDATE attempt SET hello_seen = 1, resumed_from_step = ? WHERE id = ?')
    .run(from, attempt.id);
  delete attempt.progress;
  if (batch.attempt === 1) return;
  dropPointsAfter(store, attempt.run_id, from ?? -1);
  store.statement('UPDATE run SET step = ? WHERE id = ?').run(from, attempt.run_id);
}

function writeProgress(store: Store, { run_id, progress }: AttemptState): void {
  if (!progress) return;
  store
    .statement(
      'UPDATE run SET step = ?, max_steps = ?, epoch = ?, tokens = ?, trained_tokens = ? WHERE id = ?',
    )
    .run(progress.step, progress.max_steps, progress.epoch, progress.tokens, progress.trained_tokens, run_id);
}

function addPoints(
  points: PointWriter,
  step: number,
  t: number,
  metrics: Record<string, number>,
  prefix: string,
): void {
  for (const [name, value] of Object.entries(metrics))
    points.add(name.startsWith(prefix) ? name : prefix + name, step, t, value);
}

function memoryMetrics(event: RunEventOf<'memory'>): Record<string, number> {
  const metrics: Record<string, number> = { rss_peak_bytes: event.rss_peak_bytes };
  if (event.allocated_peak_bytes !== null) metrics.allocated_peak_bytes = event.allocated_peak_bytes;
  if (event.reserved_peak_bytes !== null) metrics.reserved_peak_bytes = event.reserved_peak_bytes;
  return metrics;
}

function storeEvent(store: Store, batch: IngestBatch, attempt: AttemptState, event: RunEvent): void {
  const { v: _, seq, t, type, ...body } = event;
  store
    .statement('INSERT INTO event (attempt_id, line, seq, t, type, body) VALUES (?, ?, ?, ?, ?, ?)')
    .run(attempt.id, attempt.event_lines, seq, t, type, JSON.stringify(redactValues(body, batch.redact)));
}
