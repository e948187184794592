// The pages that people read, and the blocks of code in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export interface Page {
  /** Relative to the repository. */
  file: string;
  text: string;
}

/** README, CONTRIBUTING and everything in docs/. The changelog tells of what was, so it is left out. */
export function readPages(): Page[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file));
  return ['README.md', 'CONTRIBUTING.md', ...docs.sort()].map((file) => ({
    file,
    text: readFileSync(join(root, file), 'utf8'),
  }));
}

export interface Block {
  file: string;
  /** Of its first line, from 1. */
  line: number;
  language: string;
  text: string;
}

/** Fenced blocks of a page, in order. */
export function blocksOf({ file, text }: Page): Block[] {
  return [...text.matchAll(/^( *)(`{3,})(\w*)\n([\s\S]*?)^\1\2\s*$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length + 1,
    language: match[3] ?? '',
    text: match[4] ?? '',
  }));
}
