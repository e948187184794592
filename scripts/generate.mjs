// `npm run generate`: writes every file that is made from the source. Needs `npm run build` first.
// Adding one: a line here, and a test that compares the committed file with what its function returns.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const { configJsonSchemaText } = await import('../dist/config/json-schema.js');
const { configReference } = await import('../dist/config/reference.js');

const files = {
  'run-config.schema.json': configJsonSchemaText(),
  'docs/config.md': configReference(),
};

for (const [file, text] of Object.entries(files)) {
  await writeFile(fileURLToPath(new URL(`../${file}`, import.meta.url)), text);
  process.stdout.write(`${file}\n`);
}
