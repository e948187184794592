// `npm run check`: format, lint, types and the tests that train nothing, start no program and kill nothing, except the few
// that try thousands of random inputs. For the minute before a commit; `npm test` is everything.
import { join } from 'node:path';
import { duration, root, run } from './run.mjs';

const quick = ['architecture', 'docs', 'config', 'diagnostics', 'model', 'run', 'store'];
const quickOfDataset = [
  'across',
  'diff',
  'duplicates',
  'formats',
  'groups',
  'meaning',
  'review',
  'sample',
  'text',
];
const tests = [
  ...quick.map((name) => `test/${name}`),
  ...quickOfDataset.map((name) => `test/dataset/${name}`),
  'test/dataset/checks/examples',
];
const manyInputs = [
  'test/dataset/across/collectors.test.ts',
  'test/dataset/duplicates/near-duplicates.test.ts',
  'test/dataset/formats/any-row.test.ts',
  'test/model/count-lora.test.ts',
];

const started = Date.now();
const bin = (name) => join(root, 'node_modules', '.bin', name);
const steps = [
  ['Biome', 'biome', ['check', '--diagnostic-level=warn', '.']],
  ['TypeScript', 'tsc', ['--noEmit']],
  ['tests', 'vitest', ['run', '--reporter=dot', ...manyInputs.map((file) => `--exclude=${file}`), ...tests]],
];
for (const [name, program, args] of steps) {
  const { code } = await run(bin(program), args, { show: true });
  if (code === 0) continue;
  process.stdout.write(`FAILED: ${name} (${duration(Date.now() - started)})\n`);
  process.exit(1);
}
process.stdout.write(`All good (${duration(Date.now() - started)}). \`npm test\` runs the rest.\n`);
