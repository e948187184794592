// A review that changed is put on record in its workspace, if there is one. The log itself is saved already.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { indexReview } from '../app/review/index-reviews.ts';
import { findWorkspace } from '../config/workspace.ts';
import { openStore } from '../store/open-store.ts';
import type { Context } from './context.ts';

/** Indexes the log at an absolute path; says so if that fails, and leaves it at that. */
export async function indexInWorkspace(context: Context, log: string): Promise<void> {
  try {
    const workspace = await findWorkspace(context.cwd, context.env.HOME);
    const inside = workspace && !relative(workspace.root, log).startsWith('..') && existsSync(log);
    const path = workspace && join(workspace.runsDir, 'lorch.db');
    // A workspace without a database gets one with its first run, and `lorch db rebuild` finds every log.
    if (!inside || !path || !existsSync(path)) return;
    const store = openStore(path);
    try {
      await indexReview(store, workspace.root, log);
    } finally {
      store.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.stderr.write(`the review is saved, but not indexed: ${reason}\n`);
  }
}
