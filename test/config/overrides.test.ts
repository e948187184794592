import { describe, expect, it } from 'vitest';
import { configOf, loadText, minimal } from './load-files.ts';

describe('--set', () => {
  it('goes before the file, and its value is YAML', async () => {
    const config = await configOf(`${minimal}lora: { r: 8, target_modules: [q_proj] }\n`, {
      overrides: [
        'lora.r=32',
        'lora.target_modules=[k_proj, v_proj]',
        'training.learning_rate=1e-3',
        'training.packing=true',
        'dataset.validation={fraction: 0.2}',
        'name=other',
      ],
    });
    expect(config.name).toBe('other');
    expect(config.lora).toMatchObject({ r: 32, target_modules: ['k_proj', 'v_proj'] });
    expect(config.training).toMatchObject({ learning_rate: 1e-3, packing: true });
    expect(config.dataset.validation).toEqual({ fraction: 0.2, seed: 42 });
  });

  it('merges a mapping, deletes with null or nothing, and the last one wins', async () => {
    const config = await configOf(`${minimal}lora: { r: 8, lora_alpha: 4, lora_dropout: 0.1 }\n`, {
      overrides: ['lora={r: 2}', 'lora.lora_alpha=null', 'lora.lora_dropout=', 'lora.r=3', 'lora.r=5'],
    });
    expect(config.lora).toMatchObject({ r: 5, lora_dropout: 0 });
    expect(config.lora.lora_alpha).toBeUndefined();
  });

  it('reaches into a list by number', async () => {
    const text = `${minimal}lora: { target_modules: [q_proj, k_proj, v_proj] }\n`;
    const overrides = ['lora.target_modules.1=o_proj', 'lora.target_modules.0=null'];
    expect((await configOf(text, { overrides })).lora.target_modules).toEqual(['o_proj', 'v_proj']);
    expect((await loadText(text, { overrides: ['lora.target_modules.3=x'] })).faults).toEqual([
      '--set lora.target_modules.3=x C022',
    ]);
  });

  it('is the place of the faults it brings', async () => {
    const faulty = async (text: string) => {
      const { findings, faults } = await loadText(minimal, { overrides: [text] });
      return `${faults.join()} | ${findings[0]?.hint ?? findings[0]?.message}`;
    };
    expect(await faulty('lora.rr=8')).toBe('--set lora.rr=8 C010 | docs/config.md lists all settings');
    expect(await faulty('lora.lora_alfa=8')).toContain('C010 | did you mean `lora_alpha`?');
    expect(await faulty('lorra.r=8')).toBe('--set lorra.r=8 C010 | did you mean `lora`?');
    expect(await faulty('training.packing=no')).toContain(
      'C011 | YAML 1.2 reads `no` as text; write `false`',
    );
    expect(await faulty('lora.r')).toContain('--set lora.r C022');
    expect(await faulty('=8')).toContain('C022');
    expect(await faulty('lora..r=8')).toContain('C022');
    expect(await faulty('name.x=8')).toContain('C022 | `x` cannot be set inside a single value');
    expect(await faulty('lora.r=[1')).toContain('--set lora.r=[1 C005');
    expect(await faulty('__proto__.x=1')).toContain('C022');
  });

  it('is reported together with the faults of the file', async () => {
    const { faults } = await loadText(`${minimal}lora: { r: x }\n`, { overrides: ['training.seed=x'] });
    expect(faults).toEqual(['5:12 C011', '--set training.seed=x C011']);
  });
});
