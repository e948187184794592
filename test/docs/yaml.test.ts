// Every piece of YAML on a page is taken by what it is written for.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findWorkspace, workspaceSettings } from '../../src/config/workspace.ts';
import { runCli } from '../run-cli.ts';
import { type Block, blocksOf, readPages } from './pages.ts';

const workspace = mkdtempSync(join(tmpdir(), 'lorch-docs-'));
mkdirSync(join(workspace, 'configs'));
writeFileSync(join(workspace, 'lorch.yaml'), '');
writeFileSync(
  join(workspace, 'rows.jsonl'),
  `${JSON.stringify({ instruction: 'Name a river.', output: 'The Rhine.' })}\n`,
);
afterAll(() => rmSync(workspace, { recursive: true }));

const blocks = readPages()
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'yaml');

const indent = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => (line.trim() ? ' '.repeat(by) + line : line))
    .join('\n');

/** Whether a piece belongs to lorch.yaml. */
function isWorkspacePiece({ text }: Block): boolean {
  const value: unknown = parse(text);
  const keys = value !== null && typeof value === 'object' ? Object.keys(value) : [];
  return keys.length > 0 && keys.every((key) => key in workspaceSettings && key !== 'checks');
}

/** A whole config around a piece of one; null: the piece is no part of a config. */
function configAround({ text, file }: Block): string | null {
  const value: unknown = parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const keys = Object.keys(value);
  const head = keys.includes('base_model') ? '' : 'name: piece\nbase_model: user/model\n';
  if (file === 'docs/data-check.md')
    return `${head}dataset:\n  train: rows.jsonl\n  checks:\n${indent(text, 4)}`;
  if (keys.some((key) => ['prompt', 'messages'].includes(key)))
    return `${head}dataset:\n  train: rows.jsonl\n  format:\n${indent(text, 4)}`;
  return `${head}${keys.includes('dataset') ? '' : 'dataset: { train: rows.jsonl }\n'}${text}`;
}

describe('YAML on the pages', () => {
  it('is found', () => {
    expect(blocks.length).toBeGreaterThan(10);
  });

  for (const block of blocks)
    it(`${block.file}:${block.line} is taken`, async () => {
      if (isWorkspacePiece(block)) {
        const root = mkdtempSync(join(workspace, 'other-'));
        writeFileSync(join(root, 'lorch.yaml'), block.text);
        return expect(await findWorkspace(root)).toMatchObject({ root });
      }
      const config = configAround(block);
      if (config === null) return expect(parse(block.text)).toBeTruthy();
      const path = join(workspace, 'configs', 'piece.yaml');
      writeFileSync(path, config);
      const { exitCode, stdout, stderr } = await runCli(['config', 'check', path], { cwd: workspace });
      expect(exitCode, `${config}\n${stdout}${stderr}`).toBe(0);
    });
});
