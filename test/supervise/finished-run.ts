// The run of test/fixtures/run-folders/finished under other names.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const finished = resolve(
  process.env.LORCH_FUZZ_ROOT ?? join(import.meta.dirname, '../..'),
  'test/fixtures/run-folders/finished',
);
const fixtureId = '20261130-042415-quickstart-r16-327d';

/** Puts a copy of it into `runsDir` under another id. */
export function copyFinishedRun(runsDir: string, id: string): void {
  cpSync(finished, join(runsDir, id), { recursive: true });
  const name = id.slice(16, -5);
  for (const file of ['run.json', 'plan.json', 'attempt-1/launch.json']) {
    const text = readFileSync(join(runsDir, id, file), 'utf8')
      .replaceAll(fixtureId, id)
      .replaceAll('"quickstart-r16"', JSON.stringify(name))
      .replace('abf64f17', id.slice(-4).repeat(2));
    writeFileSync(join(runsDir, id, file), text);
  }
  writeFileSync(join(runsDir, id, 'report.md'), '# a report\n');
  mkdirSync(join(runsDir, id, 'data'), { recursive: true });
  mkdirSync(join(runsDir, id, 'adapter'));
  writeFileSync(join(runsDir, id, 'adapter/adapter_config.json'), '{}');
}
