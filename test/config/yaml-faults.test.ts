import { describe, expect, it } from 'vitest';
import { loadText, minimal } from './load-files.ts';

const cases: [string, string | Record<string, string | Uint8Array>, string[]][] = [
  ['an empty file', '', ['run.yaml C008']],
  ['a file of comments only', '# nothing\n', ['run.yaml C008']],
  ['a list at the top', '- a\n- b\n', ['1:1 C008']],
  ['a single value at the top', 'hello\n', ['1:1 C008']],
  ['a second document', `${minimal}---\nname: b\n`, ['5:1 C008']],
  ['a directive', `%YAML 1.1\n---\n${minimal}`, ['1:1 C008']],
  ['a tab as indentation', 'lora:\n\tr: 8\n', ['2:1 C005']],
  ['an unclosed quote', 'name: "a\n', ['2:1 C005']],
  ['an unclosed bracket', 'lora: { r: 8\nname: a\n', ['2:1 C005']],
  ['a colon inside unquoted text', 'name: a: b\n', ['1:7 C005']],
  ['an alias without its anchor', `${minimal}revision: *main\n`, ['5:11 C005']],
  ['a key written twice', `${minimal}lora:\n  r: 8\n  lora_alpha: 16\n  r: 16\n`, ['8:3 C006']],
  ['a section written twice', `${minimal}lora: { r: 8 }\nlora: { r: 16 }\n`, ['6:1 C006']],
  ['a tag', `${minimal}revision: !!python/object:os.system x\n`, ['5:11 C009']],
  ['a key that is a list', `${minimal}? [a, b]\n: 1\n`, ['5:3 C009']],
  ['the key __proto__', `${minimal}__proto__: { polluted: true }\n`, ['5:1 C009']],
  ['__proto__ deep inside', `${minimal}lora:\n  rank_pattern: { __proto__: 4 }\n`, ['6:19 C009']],
  ['a merge key', `${minimal}lora:\n  <<: { r: 8 }\n`, ['6:3 C009']],
  ['NUL bytes', { 'run.yaml': new Uint8Array([110, 0, 97]) }, ['run.yaml C003']],
  ['a PNG', { 'run.yaml': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]) }, ['run.yaml C003']],
  ['Latin-1', { 'run.yaml': new Uint8Array([110, 0xe4, 97]) }, ['run.yaml C003']],
  ['UTF-16', { 'run.yaml': new Uint8Array([0xff, 0xfe, 110, 0]) }, ['run.yaml C003']],
  ['more than 1 MiB', `# ${'x'.repeat(1 << 20)}\n${minimal}`, ['run.yaml C004']],
];

describe('a file that is not a config', () => {
  for (const [what, files, faults] of cases)
    it(`names ${what} and its place`, async () => {
      expect((await loadText(files)).faults).toEqual(faults);
    });

  it('says where the first of two equal keys is', async () => {
    const { findings } = await loadText(`${minimal}lora:\n  r: 8\n  r: 16\n`);
    expect(findings[0]).toMatchObject({
      message: '`r` is written twice',
      hint: 'the first is on line 6; remove one',
    });
  });

  it('tells a missing file and a folder apart', async () => {
    const { loadConfig } = await import('../../src/config/load.ts');
    const load = (path: string) => loadConfig(path, { cwd: import.meta.dirname, env: {} });
    await expect(load('none.yaml')).rejects.toMatchObject({
      code: 'C001',
      exitCode: 2,
      findings: [{ code: 'C002', message: 'there is no file none.yaml' }],
    });
    await expect(load('..')).rejects.toMatchObject({
      findings: [{ code: 'C002', message: '.. is a folder' }],
    });
  });

  it('shows the line with the caret under the fault', async () => {
    const { findings } = await loadText(`${minimal}lora: { r: 8, rr: 3 }\n`);
    expect(findings[0]?.at?.excerpt).toEqual({ text: 'lora: { r: 8, rr: 3 }', column: 15 });
  });

  it('counts columns after a byte order mark as an editor does', async () => {
    expect((await loadText(`\uFEFFnam: a\n`)).faults[0]).toBe('1:1 C010');
  });
});

describe('a file made to hurt', () => {
  it('stops at deep nesting of every kind, without a stack overflow', async () => {
    for (const bomb of [
      '['.repeat(500_000),
      '- '.repeat(400_000),
      '{a: '.repeat(200_000),
      '? '.repeat(400_000),
    ])
      expect((await loadText(bomb)).findings).toMatchObject([{ code: 'C007' }]);
  });

  it('stops at an alias bomb', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect((await loadText(lines.join('\n'))).findings).toMatchObject([{ code: 'C007' }]);
  });

  it('stops at an alias inside its own anchor', async () => {
    expect((await loadText('a: &a [*a]\n')).findings).toMatchObject([{ code: 'C007' }]);
  });

  it('stops at a million tokens', async () => {
    expect((await loadText('[]]]]]'.repeat(150_000))).findings).toMatchObject([{ code: 'C007' }]);
  });

  it('leaves the prototypes of objects alone', async () => {
    await loadText(`${minimal}__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\n`);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('YAML 1.2', () => {
  it('reads 1e-4 and 2.0e-4 as numbers and follows aliases', async () => {
    const text = `${minimal}training: { learning_rate: &lr 1e-4, weight_decay: *lr }\n`;
    const { loaded } = await loadText(text);
    expect(loaded?.configs[0]?.config.training).toMatchObject({ learning_rate: 1e-4, weight_decay: 1e-4 });
  });
});
