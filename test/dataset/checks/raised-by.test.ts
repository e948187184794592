// Whoever reads a card finds what raises it: its own function, or the files that it names.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { checks } from '../../../src/dataset/checks/index.ts';

const src = resolve(import.meta.dirname, '../../../src');
const folder = join(src, 'dataset/checks');
const cards = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/code: '(D\d+)'/g)].map((match) => [match[1], basename(file)]),
    ),
);

function importsCard(path: string, card: string): boolean {
  if (statSync(path).isDirectory())
    return readdirSync(path).some((file) => file.endsWith('.ts') && importsCard(join(path, file), card));
  return readFileSync(path, 'utf8').includes(`/${card}'`);
}

it.each(checks)('$code $name has a function or names the files that raise it', (check) => {
  const functions = [check.run, check.runPair, check.across].filter(Boolean);
  const { raisedBy = [] } = check;
  expect(functions.length > 0).toBe(raisedBy.length === 0);
  for (const file of raisedBy) {
    expect(existsSync(join(src, file)), file).toBe(true);
    expect(importsCard(join(src, file), cards.get(check.code) ?? ''), `${file} does not raise it`).toBe(true);
  }
});
