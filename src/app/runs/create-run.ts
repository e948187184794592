// Makes the folder of a run from a plan, complete before anything is launched.
import { randomBytes } from 'node:crypto';
import { cp, link, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namingFile } from '../../diagnostics/system-failure.ts';
import { adapterFiles } from '../../hub/adapter-files.ts';
import { runPaths } from '../../run/layout.ts';
import type { RunRecord } from '../../run/record.ts';
import { requireWritable } from '../../store/open-store.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { registerRun } from '../../supervise/register-run.ts';
import { forgetTrust, trustCode } from '../../supervise/trusted-code.ts';
import { ownerTag } from '../files/process-owner.ts';
import type { PlannedRun } from '../plan/planned-run.ts';
import { creatingMark } from './creating-mark.ts';

/**
 * Writes the run folder, records the run as queued, and returns its id. The plan may allow its base model to execute
 * code; for a plan from elsewhere, the caller must check that before.
 */
export async function createRun(deps: SuperviseDeps, planned: PlannedRun): Promise<string> {
  requireWritable(deps.store);
  const { plan } = planned;
  const created = deps.now();
  const id = newRunId(plan.name, created);
  // Build it under another name, so that a folder with a run's name is always complete.
  const work = join(deps.runsDir, `.${id}.${ownerTag()}.tmp`);
  const paths = runPaths(work);
  try {
    await mkdir(paths.data, { recursive: true, mode: 0o700 });
    await write(paths.config, planned.configYaml);
    await write(paths.plan, `${JSON.stringify(plan, null, 2)}\n`);
    await write(creatingMark(work), ownerTag());
    await linkFile(planned.ledger, paths.ledger);
    for (const entry of await readdir(planned.prepared, { withFileTypes: true })) {
      const [from, to] = [join(planned.prepared, entry.name), join(paths.data, entry.name)];
      if (entry.isDirectory()) await cp(from, to, { recursive: true });
      else await linkFile(from, to);
    }
    if (planned.initAdapter) await keepAdapter(planned.initAdapter, join(paths.data, 'init_adapter'));
    const record: RunRecord = {
      lorch: 1,
      id,
      name: plan.name,
      created_ms: created,
      tags: [],
      notes: '',
      unreviewed: plan.review.reason,
      cancelled_ms: null,
    };
    trustCode(deps.env, join(deps.runsDir, id), plan);
    await registerRun(deps, plan, record, work);
  } catch (error) {
    forgetTrust(deps.env, join(deps.runsDir, id));
    await rm(work, { recursive: true, force: true });
    throw error;
  }
  await rm(creatingMark(join(deps.runsDir, id)), { force: true });
  return id;
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 }).catch(namingFile(path));
}

/** `yyyymmdd-hhmmss-<name>-<4 random>`, UTC, so that ids sort by time wherever they were made. */
export function newRunId(name: string, now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${name}-${randomBytes(2).toString('hex')}`;
}

/** Copies the adapter, because `lorch rm` or its owner may delete or change the original. */
async function keepAdapter(
  { dir, immutable }: { dir: string; immutable: boolean },
  to: string,
): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const file of adapterFiles) {
    // The hub's cache contains links, so resolve them to the files.
    const from = await realpath(join(dir, file));
    await (immutable ? linkFile(from, join(to, file)) : cp(from, join(to, file)));
  }
}

// Use a hard link to avoid a second copy on the same disk; copy if the disk does not support links.
async function linkFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => cp(from, to));
}
