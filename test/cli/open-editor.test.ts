import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { editorWords, openEditor } from '../../src/cli/open-editor.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch editor '));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('an editor setting', () => {
  it('is words, as a shell would split them, and nothing else of a shell', () => {
    expect(editorWords('code -w')).toEqual(['code', '-w']);
    expect(editorWords('"/opt/my editor/bin" --wait \'a b\'')).toEqual([
      '/opt/my editor/bin',
      '--wait',
      'a b',
    ]);
    expect(editorWords('vi; rm -rf $HOME `x`')).toEqual(['vi;', 'rm', '-rf', '$HOME', '`x`']);
    expect(editorWords('  ')).toEqual([]);
  });

  it('runs with the file as its last argument; a failure is reported in words', async () => {
    const file = join(dir, 'row.json');
    const editor = join(dir, 'edit.mjs');
    writeFileSync(file, 'before');
    writeFileSync(
      editor,
      "import { writeFileSync } from 'node:fs'; writeFileSync(process.argv.at(-1), process.argv[2]);",
    );
    const program = JSON.stringify(process.execPath).slice(1, -1);
    expect(await openEditor(`"${program}" "${editor}" $(date)`, file, process.env)).toBe(null);
    expect(readFileSync(file, 'utf8')).toBe('$(date)');
    expect(await openEditor('no-such-program-here', file, process.env)).toContain('no program');
    expect(await openEditor(`"${program}" -e process.exit(3)`, file, process.env)).toContain('exit code 3');
    expect(await openEditor('', file, process.env)).toContain('no editor');
  });
});
