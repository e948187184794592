// The scripts of bench/ are run by hand, so nothing else notices if a file that they load has moved.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const scripts = readdirSync(join(root, 'bench'), { recursive: true, encoding: 'utf8' });

const read = (name: string): string => readFileSync(join(root, 'bench', name), 'utf8');
const exists = (file: string): boolean => existsSync(join(root, file));

it('every script loads modules that are there', () => {
  const missing: string[] = [];
  let seen = 0;
  for (const name of scripts.filter((each) => each.endsWith('.mjs')))
    for (const [, file = ''] of read(name).matchAll(
      /(?:\$\{dist\}\/|load\('|\.\.\/dist\/)([\w/-]+)\.js\b/g,
    )) {
      seen += 1;
      if (!exists(`src/${file}.ts`)) missing.push(`${name}: ${file}`);
    }
  for (const name of scripts.filter((each) => each.endsWith('.py')))
    for (const [, from = '', names = ''] of read(name).matchAll(
      /^ *from (lorch_trainer[\w.]*) import ([\w, ]+)/gm,
    )) {
      seen += 1;
      const folder = `src/trainer/${from.replaceAll('.', '/')}`;
      if (exists(`${folder}.py`)) continue;
      for (const each of names.split(',').map((text) => text.trim()))
        if (!exists(`${folder}/${each}.py`)) missing.push(`${name}: ${from}.${each}`);
    }
  expect(missing).toEqual([]);
  expect(seen).toBeGreaterThan(15);
});
