// What the pages name is there: links, and files of the source.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readPages, root } from './pages.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(root, file)));

const isThere = (name: string): boolean =>
  files.some((file) => file === name || file.endsWith(`/${name}`)) ||
  (name.endsWith('/') && files.some((file) => file.startsWith(name) || file.includes(`/${name}`)));

it('every link of a page leads to a file', () => {
  const wrong = readPages().flatMap(({ file, text }) =>
    [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(file), target)))
      .map((target) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

it('every source file or folder that a page names exists', () => {
  const named = /^(?:(?:src|test|bench|scripts|docs)\/[\w./-]*|(?:[\w-]+\/)*[\w-]+\.(?:ts|tsx|py|mjs|c|h))$/;
  const pages = readPages().filter(({ file }) => !file.startsWith('docs/checks/'));
  const found = pages.flatMap(({ file, text }) =>
    [...text.matchAll(/`([^`\n]+)`/g)]
      .map(([, span = '']) => span)
      .filter((span) => named.test(span))
      .map((span) => ({ file, span })),
  );
  expect(found.length).toBeGreaterThan(50);
  expect(found.filter(({ span }) => !isThere(span)).map(({ file, span }) => `${file} → ${span}`)).toEqual([]);
});
