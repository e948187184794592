// The process that bench/fuzz-data.mjs watches: one line of JSON before each file, so that a hang has a name.
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFile } from './make-file.ts';
import { createRandom } from './random.ts';
import { runCommands } from './run-commands.ts';
import { scanFuzzed } from './scan-fuzzed.ts';

/** Works through seeds from `from` on until `rows` rows were scanned, or `files` files went through the commands. */
async function run(mode: string, from: number, wanted: number): Promise<void> {
  const say = (value: Record<string, unknown>): void => void writeSync(1, `${JSON.stringify(value)}\n`);
  const dir = mkdtempSync(join(tmpdir(), 'lorch-fuzz-'));
  const sum = { files: 0, rows: 0, kept: 0, findings: 0 };
  try {
    for (let seed = from; (mode === 'scan' ? sum.rows : sum.files) < wanted; seed += 1) {
      say({ seed });
      try {
        const file = makeFile(seed);
        if (mode === 'scan') {
          const { result, kept, findings } = await scanFuzzed(file, createRandom(seed).int(100) + 1);
          sum.rows += result.rows;
          sum.kept += kept.length;
          sum.findings += findings.length;
        } else await runCommands(file, dir);
      } catch (error) {
        say({ seed, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
      sum.files += 1;
      say({ sum });
    }
    say({ done: true });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const [mode = 'scan', from = '0', wanted = '1000'] = process.argv.slice(2);
await run(mode, Number(from), Number(wanted));
