// Tells of runs that have ended, as `notify:` of lorch.yaml says. Each is told by one process; what cannot be sent is
// tried again by later commands, for a day.
import type { NotifySettings } from '../../config/notify.ts';
import { localHost } from '../../hosts/local.ts';
import { type Notification, notificationOf } from '../../run/notification.ts';
import { getRun, type RunRow } from '../../store/runs.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import {
  claimPending,
  listPending,
  type PendingNotification,
} from '../../supervise/pending-notifications.ts';

const minute = 60_000;
const giveUpMs = 24 * 60 * minute;
const webhookMs = 10_000;

/** Sends what is due. `settings` null: nobody is to be told any more. A failure is a notice and ends nothing. */
export async function sendNotifications(
  deps: SuperviseDeps,
  { root, notify }: { root: string; notify: NotifySettings | null },
): Promise<void> {
  for (const each of listPending(deps)) {
    const row = getRun(deps.store, each.run);
    if (row && row.status.phase !== 'finished') continue;
    if (each.next_ms > deps.now()) continue;
    const claimed = claimPending(deps, each);
    if (!claimed) continue;
    const told = row && notify ? notificationFor(row, notify) : null;
    const failures = told && notify ? await tell(deps, told, root, notify) : [];
    if (failures.length === 0) {
      claimed.done();
      continue;
    }
    const late = deps.now() - (row?.endedMs ?? 0) > giveUpMs;
    if (late) claimed.done();
    else claimed.postpone(deps.now() + waitMs(each));
    const next = late ? 'lorch has tried for a day and gives up' : 'a later command tries again';
    deps.log.run(each.run).warn({ failures }, 'the notification was not sent');
    deps.notice?.(`nobody was told that ${each.run} has ended: ${failures.join('; ')}; ${next}`);
  }
}

function waitMs({ tries }: PendingNotification): number {
  return minute * 2 ** Math.min(tries, 6);
}

function notificationFor(row: RunRow, { on }: NotifySettings): Notification | null {
  if (row.status.phase !== 'finished' || !on.includes(row.status.outcome)) return null;
  return notificationOf({ ...row, outcome: row.status.outcome, durationMs: row.endedAttemptsMs });
}

/** Why it was not sent, for each way that failed. */
async function tell(
  { env }: SuperviseDeps,
  told: Notification,
  root: string,
  { command, webhook }: NotifySettings,
): Promise<string[]> {
  const body = JSON.stringify(told);
  const failures = await Promise.all([
    command === null ? null : runCommand(command, body, told, root, env),
    webhook === null ? null : post(webhook, body, env),
  ]);
  return failures.filter((each) => each !== null);
}

async function runCommand(
  command: string,
  body: string,
  told: Notification,
  root: string,
  env: SuperviseDeps['env'],
): Promise<string | null> {
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const { code, stderr, error } = await localHost.run(
    ['sh', '-c', `cd "$LORCH_WORKSPACE" || exit\n${command}`],
    {
      stdin: body,
      env: {
        ...(Object.fromEntries(set) as Record<string, string>),
        LORCH_WORKSPACE: root,
        LORCH_RUN: told.run,
        LORCH_STATUS: told.status,
        LORCH_TEXT: told.text,
      },
      timeoutMs: minute,
    },
  );
  if (code === 0) return null;
  const said = stderr.trim().split('\n').at(-1);
  const how = error ?? (code === null ? 'it took longer than a minute' : `exit code ${code}`);
  return `\`notify.command\` failed (${how})${said ? `: ${said}` : ''}`;
}

// The address is a secret, so no message of it is shown.
async function post(variable: string, body: string, env: SuperviseDeps['env']): Promise<string | null> {
  const address = env[variable];
  if (!address) return `the variable ${variable} is not set, which \`notify.webhook\` names`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    return `${variable} is not an http address`;
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(webhookMs),
    });
    await answer.body?.cancel();
    return answer.ok ? null : `the webhook answered ${answer.status}`;
  } catch (error) {
    return `the webhook cannot be reached (${reasonOf(error)})`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.name === 'TimeoutError') return `no answer in ${webhookMs / 1000} s`;
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : error.name;
}
