import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginAttempt, finishAttempt, markRunning } from '../../src/store/attempts.ts';
import { insertRun } from '../../src/store/insert-run.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { dumpSql } from './dump-sql.ts';
import { helloEvent, ingestEvents, stepEvent, storeWithRun } from './ingest-helper.ts';
import { samplePlan, sampleRecord } from './sample-run.ts';

const file = join(import.meta.dirname, 'released', `v${migrations.length}.sql`);

const writes = process.env.WRITE_RELEASED === '1' && !existsSync(file);
if (!writes) process.stderr.write('skipped: a schema is written down once, with WRITE_RELEASED=1\n');

describe('the newest schema', () => {
  it.runIf(writes)('is written down with a run in it', () => {
    const store = storeWithRun('queued');
    insertRun(store, samplePlan('first'), sampleRecord('first', { tags: ['kept'], notes: "it's good" }));
    beginAttempt(store, 'first', {
      n: 1,
      token: 'first-1',
      host: 'local',
      scheduler: 'process',
      createdMs: 1000,
    });
    markRunning(store, 'first', 1, 2000);
    ingestEvents(
      store,
      [
        helloEvent(1, null),
        {
          v: 1,
          seq: 1,
          t: 1001,
          type: 'model',
          architecture: 'LlamaForCausalLM',
          trainable: 1024,
          total: 100_000,
          modules: {},
          dtype: 'float32',
          quantized_modules: 0,
          load_ms: 1,
        },
        stepEvent(1, { loss: 2.5, grad_norm: Number.NaN }, 2),
        stepEvent(2, { loss: Number.POSITIVE_INFINITY }, 3),
        'a line that is no event',
      ],
      { run: 'first' },
    );
    finishAttempt(store, 'first', 1, {
      outcome: 'succeeded',
      exitCode: 0,
      signal: null,
      endedMs: 3000,
      failure: null,
      findings: [],
    });
    writeFileSync(file, dumpSql(store.db));
  });

  it('has been written down', () => {
    expect(existsSync(file)).toBe(true);
  });
});
