// The schema's history: number N is what user_version says after it. Append only.
import type { Database } from 'better-sqlite3';
import { createRunTables } from './0001-runs.ts';
import { createReviewTable } from './0002-reviews.ts';
import { splitLauncher } from './0003-hosts.ts';
import { createQueueTables } from './0004-queue.ts';

export interface Migration {
  name: string;
  up(db: Database): void;
}

export const migrations: readonly Migration[] = [
  { name: 'run tables', up: createRunTables },
  { name: 'review table', up: createReviewTable },
  { name: 'hosts and schedulers', up: splitLauncher },
  { name: 'queue and leases', up: createQueueTables },
];
