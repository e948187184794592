// Another lorch: opens the workspace and watches one run in many ways at once, until it has succeeded.
// `watcher.mjs COMPILED_SRC SPEC_JSON`. The file `spec.ready` appears when every watcher has its snapshot; what each was
// told goes into the file `spec.out`.
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';

const [compiled, json] = process.argv.slice(2);
const spec = JSON.parse(json);
const load = (file) => import(`file://${compiled}/${file}`);
const { openWorkspace } = await load('app/machine/open-workspace.js');
const { listAttempts } = await load('store/attempts.js');
const { snapshotRun } = await load('store/run-snapshot.js');
const { statusWord } = await load('run/status.js');

const workspace = await openWorkspace({ cwd: spec.dir, env: process.env });
workspace.deps.timing = { pollMs: 10 };
await workspace.recover();
const { store, followers } = workspace;

/** A number below `n`, from the seed. */
let state = spec.seed;
function random(n) {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state % n;
}

/** What a state says, as far as the events tell it. */
function summary({ row, attempts, events, series }) {
  const loss = series.find(({ name }) => name === 'loss');
  return {
    step: row.step,
    tokens: row.tokens,
    points: loss?.points ?? 0,
    last: loss?.last_step ?? null,
    stored: events.length,
    lines: attempts.reduce((sum, { eventLines }) => sum + eventLines, 0),
  };
}

const snapshots = [];
function takeSnapshot() {
  const { state: seen, cursor } = snapshotRun(store, spec.run);
  snapshots.push({ cursor, ...summary(seen) });
  return cursor;
}

/** Follows from a snapshot to the success of the run. `visit` says how many updates to stay for. */
async function watch({ visit = () => Number.POSITIVE_INFINITY, hold = null }) {
  const lines = random(spec.lines);
  while (recordedLines() < lines) await sleep(10);
  const from = takeSnapshot();
  snapshotted();
  const told = { from, seen: [], rows: [], visits: 0, largest: 0 };
  let cursor = from;
  for (let status = ''; status !== 'succeeded'; ) {
    told.visits += 1;
    let stay = visit();
    // All that is kept of an earlier visit.
    const after = JSON.parse(JSON.stringify(cursor));
    for await (const update of followers.follow(spec.run, { after })) {
      for (const { cursor: at } of update.events) told.seen.push(`${at.attempt}:${at.bytes}`);
      const first = told.seen.length === 0 ? after : cursor;
      if (first.attempt === update.cursor.attempt)
        told.largest = Math.max(told.largest, update.cursor.bytes - first.bytes);
      cursor = update.cursor;
      if (update.row) {
        status = statusWord(update.row.status);
        told.rows.push({ cursor, step: update.row.step, tokens: update.row.tokens });
      }
      if (hold) await hold;
      stay -= 1;
      if (stay <= 0) break;
    }
    // Another attempt follows; nobody follows the run until then.
    await sleep(random(50));
  }
  return { ...told, to: cursor };
}

function recordedLines() {
  return listAttempts(store, spec.run).reduce((sum, { eventLines }) => sum + eventLines, 0);
}

let waiting = 7;
function snapshotted() {
  waiting -= 1;
  if (waiting === 0) writeFileSync(spec.ready, '');
}

let busy = true;
async function hammer() {
  while (busy) {
    takeSnapshot();
    await breathe();
  }
}

const hammering = hammer();
const steady = Array.from({ length: 3 }, () => watch({}));
const restless = Array.from({ length: 3 }, () => watch({ visit: () => 1 + random(2) }));
const others = Promise.all([...steady, ...restless]);
// Takes its first update and does not ask for another one before all others have seen everything.
const stuck = watch({ hold: others });
const watchers = [...(await others), await stuck];
busy = false;
await hammering;
const followed = followers.isFollowed(spec.run);
await workspace.close();
await writeFile(spec.out, JSON.stringify({ watchers, snapshots, followed }));
