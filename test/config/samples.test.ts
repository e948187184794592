import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { renderConfig } from '../../src/config/render/index.ts';

const root = resolve(import.meta.dirname, '../..');
const samples = readdirSync(resolve(root, 'configs')).filter((name) => name.endsWith('.yaml'));

async function renderSample(name: string, device: 'cuda' | 'cpu') {
  const { configs } = await loadConfig(`configs/${name}`, { cwd: root, env: {} });
  return configs.map(({ config }) => {
    const { rendered, findings } = renderConfig(config, { device, bf16Supported: true });
    return { name: config.name, ...rendered, findings };
  });
}

describe('the sample configs', () => {
  it('are there', () => {
    expect(samples.length).toBeGreaterThanOrEqual(6);
  });

  for (const name of samples)
    it(`${name} is sound, opens with the command that runs it, and names its schema`, async () => {
      const text = readFileSync(resolve(root, 'configs', name), 'utf8');
      const lines = text.split('\n');
      expect(lines.slice(0, 3).join('\n')).toContain('lorch train configs/');
      if (!name.includes('base')) expect(lines[0]).toMatch(`# lorch train configs/${name}`);
      expect(text).toContain('# yaml-language-server: $schema=../run-config.schema.json');
      expect((await renderSample(name, 'cpu')).flatMap(({ findings }) => findings)).toEqual([]);
    });

  it('of the quick start differ in rank alone', async () => {
    const [[four], [sixteen]] = await Promise.all([
      renderSample('quickstart-r4.yaml', 'cpu'),
      renderSample('quickstart-r16.yaml', 'cpu'),
    ]);
    expect({ ...four?.lora, r: 0, lora_alpha: 0 }).toEqual({ ...sixteen?.lora, r: 0, lora_alpha: 0 });
    expect([four?.lora.r, sixteen?.lora.r]).toEqual([4, 16]);
    expect({ ...four?.training, run_name: '' }).toEqual({ ...sixteen?.training, run_name: '' });
  });

  // test/trainer/test_config_fields.py gives these to the libraries' own classes.
  it('render to what is recorded', async () => {
    const rendered = await Promise.all(samples.map((name) => renderSample(name, 'cpu')));
    const record = rendered.flat().map(({ findings: _none, ...each }) => each);
    await expect(`${JSON.stringify(record, null, 1)}\n`).toMatchFileSnapshot(
      '../fixtures/config/rendered.json',
    );
  });
});
