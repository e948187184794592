import { describe, expect, it } from 'vitest';
import { loadText, minimal } from './load-files.ts';

async function merged(files: Record<string, string>) {
  const { loaded, findings } = await loadText(files);
  expect(findings).toEqual([]);
  return loaded?.configs[0]?.config;
}

describe('extends', () => {
  it('merges maps, replaces lists and lets null delete', async () => {
    const config = await merged({
      'run.yaml':
        'extends: base.yaml\nlora: { r: 4, target_modules: [v_proj], lora_alpha: null }\nquantization: null\n',
      'base.yaml':
        `${minimal}lora: { lora_alpha: 64, target_modules: [q_proj, k_proj], use_rslora: false }\n` +
        'quantization: { load_in_4bit: true }\n',
    });
    expect(config?.lora).toMatchObject({ r: 4, target_modules: ['v_proj'], use_rslora: false });
    expect(config?.lora.lora_alpha).toBeUndefined();
    expect(config?.quantization).toBeUndefined();
  });

  it('follows a chain, each path relative to the file that says it', async () => {
    const files = {
      'run.yaml': 'extends: shared/middle.yaml\nname: top\n',
      'shared/middle.yaml': 'extends: deep/bottom.yaml\nname: middle\nlora: { r: 2 }\n',
      'shared/deep/bottom.yaml': `${minimal}lora: { r: 1, lora_dropout: 0.5 }\n`,
    };
    expect(await merged(files)).toMatchObject({ name: 'top', lora: { r: 2, lora_dropout: 0.5 } });
    const { loaded } = await loadText(files);
    expect(loaded?.files.map((file) => file.split('/').slice(-1)[0])).toEqual([
      'run.yaml',
      'middle.yaml',
      'bottom.yaml',
    ]);
  });

  it('points into the base file where the fault is there', async () => {
    const { faults } = await loadText({
      'run.yaml': 'extends: base.yaml\nlora: { rr: 1 }\n',
      'base.yaml': `${minimal}training:\n  packing: no\n`,
    });
    expect(faults.sort()).toEqual(['2:9 C010', 'base.yaml:6:12 C011']);
  });

  it('forgives a fault of the base that the file overrides', async () => {
    const config = await merged({
      'run.yaml': 'extends: base.yaml\ntraining: { packing: true }\n',
      'base.yaml': `${minimal}training: { packing: no }\n`,
    });
    expect(config?.training.packing).toBe(true);
  });

  it('names a missing base where it is named', async () => {
    const { findings, faults } = await loadText('name: a\nextends: none.yaml\n');
    expect(faults).toEqual(['2:10 C019']);
    expect(findings[0]).toMatchObject({
      message: 'there is no file none.yaml',
      hint: 'the path is relative to this file',
    });
  });

  it('finds circles, long and short', async () => {
    expect((await loadText('extends: run.yaml\n')).faults).toEqual(['1:10 C019']);
    const { findings } = await loadText({
      'run.yaml': 'extends: b.yaml\n',
      'b.yaml': 'extends: c.yaml\n',
      'c.yaml': 'extends: ./run.yaml\n',
    });
    expect(findings).toMatchObject([
      {
        code: 'C019',
        at: { file: 'c.yaml', line: 1 },
        message: expect.stringContaining('run.yaml → b.yaml → c.yaml → run.yaml'),
      },
    ]);
  });

  it('tells syntax errors of the base with their place', async () => {
    const { faults } = await loadText({ 'run.yaml': 'extends: base.yaml\n', 'base.yaml': 'a: "x\n' });
    expect(faults).toEqual(['base.yaml:2:1 C005']);
  });

  it('takes one path only', async () => {
    expect((await loadText(`${minimal}extends: [a.yaml]\n`)).faults).toEqual(['5:10 C011']);
  });
});
