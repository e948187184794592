// Ends an attempt. Its outcome, failure and findings come from the files of its folder alone.
import { basename } from 'node:path';
import type { Finding } from '../diagnostics/finding.ts';
import { createLineRedactor, redactorOf } from '../diagnostics/secrets.ts';
import { localHost } from '../hosts/local.ts';
import { fileBytes, readBytes } from '../hosts/read-files.ts';
import type { ExitFile } from '../run/attempt-files.ts';
import { classifyFailure, type FailedAttempt, type Failure } from '../run/failure.ts';
import { decideOutcome, signalName } from '../run/outcome.ts';
import { type AttemptRow, finishAttempt, listAttempts } from '../store/attempts.ts';
import { lastEvent } from '../store/events.ts';
import { seriesSummaries } from '../store/series-summary.ts';
import { type AttemptContext, homeView } from './attempt-context.ts';
import { damagedFile } from './damaged-file.ts';
import type { SuperviseDeps } from './deps.ts';
import { forgetOwnLaunch } from './own-launches.ts';
import type { PreparedAttempt } from './prepared-attempt.ts';
import { sweepTemporary } from './sweep-temporary.ts';

const tailBytes = 16 * 1024;

/** Ends the attempt on record as `exit` says. All of its events are on record already, from the workspace's copy. */
export async function settleAttempt(
  deps: SuperviseDeps,
  ended: AttemptContext,
  exit: ExitFile,
  retry?: (failure: Failure) => Promise<PreparedAttempt | null>,
): Promise<void> {
  const attempt = homeView(ended);
  if (ended.away) await localHost.createOnce(attempt.paths.exit, JSON.stringify(exit));
  const { run, n } = attempt;
  const end = lastEvent(deps.store, run, n, 'end');
  const stopRequested = (await attempt.file('stop')) !== null;
  const outcome = decideOutcome({ exit, end, stopRequested });
  const attempts = listAttempts(deps.store, run);
  const failed = outcome === 'failed' || outcome === 'lost';
  const failure = failed ? await failureOf(deps, attempt, { exit, end, stopRequested }) : null;
  const findings = [...(await damagedFiles(attempt)), ...(await tornLine(attempt, attempts))];
  const next = failure && attempts.at(-1)?.n === n ? ((await retry?.(failure)) ?? null) : null;
  const won = finishAttempt(
    deps.store,
    run,
    n,
    { outcome, exitCode: exit.code, signal: signalName(exit.signal), endedMs: exit.t, failure, findings },
    next?.row,
  );
  await sweepTemporary(attempt.host, attempt.paths.dir);
  // Only now, and those that it replaced too: another controller may still be reading them.
  for (const each of attempts) if (each.n <= n) forgetOwnLaunch(deps, each.token);
  if (won)
    deps.log
      .run(run)
      .info({ attempt: n, exit, outcome, failure: failure?.class }, `attempt ended: ${outcome}`);
  if (next) await (won ? next.start() : next.discard());
}

async function failureOf(
  deps: SuperviseDeps,
  attempt: AttemptContext,
  ended: Pick<FailedAttempt, 'exit' | 'end' | 'stopRequested'>,
): Promise<Failure> {
  const { run, n } = attempt;
  const loss = seriesSummaries(deps.store, run).find((series) => series.name === 'loss');
  return classifyFailure({
    run,
    attempt: n,
    ...ended,
    error: lastEvent(deps.store, run, n, 'error'),
    nonfiniteLoss: loss?.last != null && !Number.isFinite(loss.last),
    logTail: await logTail(attempt, redactorOf(deps.env)),
  });
}

async function logTail({ host, paths }: AttemptContext, redact: (text: string) => string): Promise<string> {
  const size = await fileBytes(host, paths.log);
  // Twice as much is redacted as is looked at: a private key may begin before.
  const from = Math.max(0, size - 2 * tailBytes);
  const text = (await readBytes(host, paths.log, from, 2 * tailBytes)).toString('utf8');
  // The first line of a cut is half a line.
  const whole = from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  const redacted = whole.split('\n').map(createLineRedactor(redact)).join('\n');
  if (redacted.length <= tailBytes) return redacted;
  const tail = redacted.slice(-tailBytes);
  return tail.slice(tail.indexOf('\n') + 1);
}

const kinds = ['launch', 'claim', 'trainer', 'stop', 'exit'] as const;

// Each file that is there and is not what it should be. The run is settled by what the others say.
async function damagedFiles({ n, host, paths, read }: AttemptContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (name: string, reason: string): void =>
    void findings.push(damagedFile(`attempt-${n}/${name}`, reason));
  for (const kind of kinds) {
    const found = await read(kind);
    if (found.state === 'damaged') add(`${kind}.json`, found.reason);
  }
  for (const path of [paths.events, paths.log]) {
    const found = await host.read(path, 0, 0);
    if (found.state === 'damaged') add(basename(path), found.reason);
  }
  return findings;
}

// A trainer that died while writing leaves a line without its newline.
async function tornLine(
  { n, host, paths }: AttemptContext,
  attempts: readonly AttemptRow[],
): Promise<Finding[]> {
  const size = await fileBytes(host, paths.events);
  const attempt = attempts.find((each) => each.n === n);
  const bytes = size - (attempt?.eventBytes ?? 0);
  if (!attempt || bytes <= 0) return [];
  return [
    {
      code: 'R101',
      name: 'torn-event',
      severity: 'note',
      message: `the last line of events.jsonl is cut off (${bytes} bytes); it is not on record`,
      at: { file: `attempt-${n}/events.jsonl`, line: attempt.eventLines + 1 },
    },
  ];
}
