// One command with one fault, and what must hold then.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunId } from '../../src/run/record.ts';
import { type FaultCase, keptRun, otherRun } from './cases.ts';
import type { Fault, Preload } from './preload.ts';
import { type Done, type FaultWorkspace, textOf } from './workspace.ts';

/** What the command makes if nothing fails, and in how many calls. */
export interface Reference {
  calls: number;
  outputs: Map<string, string>;
}

interface ListedRun {
  id: string;
  status: string;
  failure: { class: string } | null;
}

/** Runs the command without a fault. */
export function measure(
  workspace: FaultWorkspace,
  preload: Preload,
  each: FaultCase,
  calls: string,
): Reference {
  workspace.restore();
  const done = workspace.run(
    each.args,
    preload.env({ errno: 'EIO', calls, forever: false, nth: 0 }, workspace.root),
  );
  const counted = preload.count();
  if (!isGood(each, done)) throw new Error(`${each.name} fails without a fault: ${done.stderr}`);
  return { calls: counted, outputs: readOutputs(workspace, each) };
}

/** Runs it with the fault and says what is wrong then; null if nothing is. */
export async function tryFault(
  workspace: FaultWorkspace,
  preload: Preload,
  each: FaultCase,
  reference: Reference,
  fault: Fault,
): Promise<string | null> {
  workspace.restore();
  const done = workspace.run(each.args, preload.env(fault, workspace.root));
  const wrong = (what: string): string =>
    `${each.name}, ${fault.errno} at call ${fault.nth} of ${fault.calls}${fault.forever ? ' and on' : ''}: ${what}\n${done.stderr.trim()}`;
  if (done.code === null || done.code > 3) return wrong(`exit code ${done.code}`);
  if (/^ {4}at /m.test(done.stderr)) return wrong('a stack is printed');
  const good = isGood(each, done);
  const outputs = readOutputs(workspace, each);
  for (const [file, text] of outputs)
    if (text !== reference.outputs.get(file))
      return wrong(`${file} is not what it should be: ${text.slice(0, 200)}`);
  if (good && outputs.size < reference.outputs.size) return wrong('it succeeded, and a file is missing');
  const broken = each.outputs ? null : await inspectRuns(workspace, each, good);
  if (broken !== null) return wrong(broken);
  const again =
    !good || each.makesRun || each.outputs === undefined ? await retry(workspace, each, good) : null;
  if (again !== null) return wrong(again);
  if (!good) {
    const whole = readOutputs(workspace, each);
    for (const [file, text] of reference.outputs)
      if (whole.get(file) !== text) return wrong(`${file} is wrong after the second try`);
  }
  // A disk that was read-only kept them; the next command that writes there removes them.
  if (good && each.outputs && fault.calls.includes('unlink')) await workspace.runHere(each.args);
  const left = leftovers(workspace.root);
  return left.length > 0 ? wrong(`left behind: ${left.join(', ')}`) : null;
}

async function inspectRuns(
  workspace: FaultWorkspace,
  each: FaultCase,
  good: boolean,
): Promise<string | null> {
  const runs = await listRuns(workspace);
  if (typeof runs === 'string') return runs;
  // One that could not be started any more is on record as failed, with the reason.
  const made = runs.filter(
    ({ id, failure }) => id !== keptRun && id !== otherRun && failure?.class !== 'not-started',
  );
  if (each.makesRun && !good && made.length > 0) return `it failed, and left ${JSON.stringify(made)}`;
  return runs.some(({ id }) => id === keptRun) ? null : `${keptRun} is lost`;
}

async function retry(workspace: FaultWorkspace, each: FaultCase, good: boolean): Promise<string | null> {
  if (each.removes !== undefined && (good || !(await hasRun(workspace, each.removes)))) {
    return hasFolder(workspace, each.removes) ? `${each.removes} is half removed` : null;
  }
  // In this process, where nothing is trained: it takes a tenth of the time.
  const second = each.makesRun ? workspace.run(each.args) : await workspace.runHere(each.args);
  if (!isGood(each, second)) return `the same command fails without a fault: ${second.stderr}`;
  if (!each.makesRun) return null;
  // It trains a moment.
  const id = second.stdout.trim();
  for (;;) {
    const runs = await listRuns(workspace);
    if (typeof runs === 'string') return runs;
    const { status } = runs.find((run) => run.id === id) ?? {};
    if (status !== undefined && /queued|launching|running/.test(status)) {
      await sleep(50);
      continue;
    }
    return status === 'succeeded' ? null : `the second run ended as ${status}`;
  }
}

/** The runs on record; or what is wrong with the folder. */
async function listRuns(workspace: FaultWorkspace): Promise<ListedRun[] | string> {
  const { code, stdout, stderr } = await workspace.runHere(['runs', '--all', '--json']);
  if (code !== 0) return `lorch runs ends with ${code}: ${stderr}`;
  const { runs } = JSON.parse(stdout) as { runs: ListedRun[] };
  const entries = readdirSync(join(workspace.root, 'runs'), { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && isRunId(entry.name))
    .map(({ name }) => name);
  const ghost = folders.find((folder) => !runs.some(({ id }) => id === folder));
  if (ghost !== undefined) return `${ghost} is a folder and not on record`;
  const lost = runs.find(({ id }) => !folders.includes(id));
  return lost ? `${lost.id} is on record and has no folder` : runs;
}

async function hasRun(workspace: FaultWorkspace, id: string): Promise<boolean> {
  const runs = await listRuns(workspace);
  return typeof runs !== 'string' && runs.some((run) => run.id === id);
}

function hasFolder({ root }: FaultWorkspace, id: string): boolean {
  return textOf(join(root, 'runs', id, 'plan.json')) !== null;
}

/** An imported config that names a hub model is written, and then found wanting. */
function isGood(each: FaultCase, { code }: Done): boolean {
  return code === 0 || (each.name === 'config import' && code === 1);
}

function readOutputs({ root }: FaultWorkspace, { outputs = [] }: FaultCase): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of outputs) {
    const text = textOf(join(root, file));
    if (text !== null) found.set(file, text.replace(/"(at_ms|created_ms)": ?\d+/g, '"$1":0'));
  }
  return found;
}

const leftover = /\.(partial|tmp|publishing)$|^\.removed-|\.wal-probe|\.db\.new-|^\.plan-|\.creating$/;

function leftovers(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    leftover.test(path.split('/').at(-1) ?? ''),
  );
}
