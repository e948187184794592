// `npm run generate`: writes every file that is made from the source, after a build if dist/ is stale.
// `--check` writes nothing and exits 1 where a committed file is not what the source gives.
// Adding one: a line here, and a test that compares the committed file with what its function returns.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './bootstrap.mjs';

await buildIfStale();

const { configJsonSchemaText } = await import('../dist/config/json-schema.js');
const { configReference } = await import('../dist/config/reference.js');

const { commandReference } = await import('../dist/cli/command-reference.js');
const { processContext } = await import('../dist/cli/context.js');
const { eventJsonSchema } = await import('../dist/run/events.js');
const { planJsonSchema } = await import('../dist/run/plan.js');
const { formatsPage } = await import('../dist/dataset/formats/page.js');
const { advicePage } = await import('../dist/run/advice/page.js');
const { checkPages } = await import('../dist/dataset/checks/page.js');

const files = {
  'run-config.schema.json': configJsonSchemaText(),
  'docs/config.md': configReference(),
  'docs/cli.md': await commandReference(processContext([])),
  'docs/advice.md': advicePage(),
  'docs/formats.md': formatsPage(),
  'docs/protocol.schema.json': `${JSON.stringify(eventJsonSchema(), null, 2)}\n`,
  'docs/plan.schema.json': `${JSON.stringify(planJsonSchema(), null, 2)}\n`,
  ...Object.fromEntries(checkPages().map(({ file, text }) => [`docs/checks/${file}`, text])),
};

const check = process.argv.includes('--check');
for (const [file, text] of Object.entries(files)) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  if (!check) {
    await writeFile(path, text);
    process.stdout.write(`${file}\n`);
  } else if ((await readFile(path, 'utf8').catch(() => null)) !== text) {
    process.stdout.write(`${file} is not what the source gives: npm run generate\n`);
    process.exitCode = 1;
  }
}
