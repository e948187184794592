import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { checkPages } from '../../../src/dataset/checks/page.ts';

const folder = resolve(import.meta.dirname, '../../../docs/checks');

// `npx vitest run test/dataset/checks/pages.test.ts -u` writes them too.
it.each(checkPages())('docs/checks/$file is what the checks say', async ({ file, text }) => {
  await expect(text).toMatchFileSnapshot(resolve(folder, file));
});

it('docs/checks has no other pages, except the one with the measurements', () => {
  const written = new Set(checkPages().map(({ file }) => file));
  expect(readdirSync(folder).filter((file) => !written.has(file))).toEqual(['measured.md']);
});
